//! The compiler as a browser's page has it.
//!
//! In: questions in JSON ([`Question`]). Out: answers in JSON. The page writes a question where [`question`] says, calls
//! [`answer`], and reads what [`answer_at`] points to. One thread, one project at a time.

mod session;

use std::cell::RefCell;

use serde::Deserialize;
use session::{Files, Session};

/// What the page asks.
#[derive(Deserialize)]
#[serde(rename_all = "kebab-case")]
enum Question {
    /// Compile these files from now on.
    Compile(Files),
    /// Why is what stands in a line, counted from 1, of a generated file?
    Why { path: String, line: usize },
}

/// Where texts are while they cross over, and the project.
#[derive(Default)]
struct Page {
    question: Vec<u8>,
    answer: String,
    session: Session,
}

thread_local! {
    static PAGE: RefCell<Page> = RefCell::default();
}

/// Makes room for a question of so many bytes; where it is to be written.
#[allow(unsafe_code, reason = "its name is for the page")]
#[unsafe(no_mangle)]
pub extern "C" fn question(length: usize) -> *mut u8 {
    PAGE.with_borrow_mut(|page| {
        page.question = vec![0; length];
        page.question.as_mut_ptr()
    })
}

/// Answers the question; how many bytes the answer has.
#[allow(unsafe_code, reason = "its name is for the page")]
#[unsafe(no_mangle)]
pub extern "C" fn answer() -> usize {
    PAGE.with_borrow_mut(|page| {
        page.answer = match serde_json::from_slice(&page.question) {
            Ok(Question::Compile(files)) => page.session.compile(files).to_string(),
            Ok(Question::Why { path, line }) => page.session.why(&path, line).to_string(),
            Err(problem) => serde_json::json!({ "misunderstood": problem.to_string() }).to_string(),
        };
        page.answer.len()
    })
}

/// Where the answer is.
#[allow(unsafe_code, reason = "its name is for the page")]
#[unsafe(no_mangle)]
pub extern "C" fn answer_at() -> *const u8 {
    PAGE.with_borrow(|page| page.answer.as_ptr())
}

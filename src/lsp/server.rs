//! The loop: a message, and what it changes or asks.

use std::collections::{BTreeMap, BTreeSet};
use std::panic::AssertUnwindSafe;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};

use crossbeam_channel::{Receiver, Sender, unbounded};
use lsp_server::{Connection, ErrorCode, Message, Notification, Request, RequestId, Response};
use lsp_types::{CancelParams, DidChangeTextDocumentParams, DidCloseTextDocumentParams, DidOpenTextDocumentParams, Id};
use rayon::ThreadPool;
use serde::de::DeserializeOwned;

use super::capabilities::Client;
use super::convert::path_of;
use super::diagnostics::{Published, publish};
use super::document::Document;
use super::project::{Project, Texts};
use super::requests;
use super::snapshot::Snapshot;
use crate::diagnostic::caught;
use crate::host::HostError;

/// Deepest evaluation times the frames that it takes: that of the threads of the pool.
pub(super) const STACK: usize = 256 * 1024 * 1024;

/// Something that is computed on another thread.
type Job = Box<dyn FnOnce() + Send>;

/// Everything that the server knows.
pub(super) struct Server<'a> {
    connection: &'a Connection,
    client: Client,
    /// Where diagnostics are computed.
    pool: ThreadPool,
    /// Where requests are answered, one after the other.
    jobs: Sender<Job>,
    documents: BTreeMap<PathBuf, Document>,
    /// By their roots.
    projects: BTreeMap<PathBuf, Project>,
    /// What was said of which file.
    published: Arc<Mutex<Published>>,
    /// What is asked and not answered yet, and whether the editor still wants to know.
    asked: Arc<Mutex<BTreeMap<String, bool>>>,
    /// What was last said of a project that cannot be read.
    complaint: Option<String>,
    /// Whether the editor is about to leave.
    is_shut: bool,
    disk: (Sender<PathBuf>, Receiver<PathBuf>),
}

impl<'a> Server<'a> {
    pub(super) fn new(connection: &'a Connection, client: Client, pool: ThreadPool) -> Self {
        let (jobs, queue) = unbounded::<Job>();
        let worker = move || {
            for job in queue {
                job();
            }
        };
        // Without a thread, nothing is answered; everything else still works.
        let _ = std::thread::Builder::new().name("requests".into()).stack_size(STACK).spawn(worker);
        Self {
            connection,
            client,
            pool,
            jobs,
            documents: BTreeMap::new(),
            projects: BTreeMap::new(),
            published: Arc::default(),
            asked: Arc::default(),
            complaint: None,
            is_shut: false,
            disk: unbounded(),
        }
    }

    /// Serves until the editor leaves; whether it said so.
    pub(super) fn run(mut self) -> bool {
        loop {
            crossbeam_channel::select! {
                recv(self.connection.receiver) -> message => match message {
                    Ok(Message::Request(it)) => self.request(it),
                    Ok(Message::Notification(it)) if it.method == "exit" => return self.is_shut,
                    Ok(Message::Notification(it)) => self.notification(it),
                    Ok(Message::Response(_)) => {}
                    Err(_) => return false,
                },
                recv(self.disk.1) -> changed => {
                    if let Ok(first) = changed {
                        self.disk_changed(first);
                    }
                }
            }
        }
    }

    fn notification(&mut self, it: Notification) {
        match it.method.as_str() {
            "textDocument/didOpen" => self.take(it, |this, it: DidOpenTextDocumentParams| {
                let Some(path) = path_of(&it.text_document.uri) else { return };
                let (uri, text, version) = (it.text_document.uri, it.text_document.text, it.text_document.version);
                this.documents.insert(path.clone(), Document { uri, text: text.into(), version });
                this.text_changed(&path);
            }),
            "textDocument/didChange" => self.take(it, |this, it: DidChangeTextDocumentParams| {
                let Some(path) = path_of(&it.text_document.text_document_identifier.uri) else { return };
                let encoding = this.client.encoding;
                if let Some(document) = this.documents.get_mut(&path) {
                    document.change(it.content_changes, it.text_document.version, encoding);
                    this.text_changed(&path);
                }
            }),
            "textDocument/didClose" => self.take(it, |this, it: DidCloseTextDocumentParams| {
                let Some(path) = path_of(&it.text_document.uri) else { return };
                this.documents.remove(&path);
                // What was not saved is gone.
                for root in this.root_of(&path).into_iter().chain(this.others_with(&path)) {
                    this.refresh(&root);
                }
            }),
            "textDocument/didSave" | "workspace/didChangeWatchedFiles" => {
                let roots: Vec<PathBuf> = self.projects.keys().cloned().collect();
                for root in roots {
                    self.refresh(&root);
                }
                self.adopt();
            }
            "$/cancelRequest" => self.take(it, |this, it: CancelParams| {
                let id = match it.id {
                    Id::Int(it) => RequestId::from(it),
                    Id::String(it) => RequestId::from(it),
                };
                if let Some(it) = this.asked.lock().unwrap_or_else(PoisonError::into_inner).get_mut(&id.to_string()) {
                    *it = false;
                }
            }),
            _ => {}
        }
    }

    /// What is no such message is passed over, as the protocol has it.
    fn take<T: DeserializeOwned>(&mut self, it: Notification, run: impl FnOnce(&mut Self, T)) {
        if let Ok(it) = serde_json::from_value(it.params) {
            run(self, it);
        }
    }

    fn texts(&self) -> Texts {
        self.documents.iter().map(|(path, it)| (path.clone(), Arc::clone(&it.text))).collect()
    }

    /// The project that a file is of.
    fn root_of(&self, path: &Path) -> Option<PathBuf> {
        self.projects.keys().filter(|it| path.starts_with(it)).max_by_key(|it| it.components().count()).cloned()
    }

    fn text_changed(&mut self, path: &Path) {
        self.own_text_changed(path);
        // Other projects may have it as a package.
        let Some(text) = self.documents.get(path).map(|it| Arc::clone(&it.text)) else { return };
        for root in self.others_with(path) {
            if self.projects.get_mut(&root).is_some_and(|it| it.set(path, &text)) {
                self.diagnose(&root);
            }
        }
    }

    /// The projects that have a file that is not theirs.
    fn others_with(&self, path: &Path) -> Vec<PathBuf> {
        let has = |(root, it): &(&PathBuf, &Project)| !path.starts_with(root) && it.file(path).is_some();
        self.projects.iter().filter(has).map(|(root, _)| root.clone()).collect()
    }

    fn own_text_changed(&mut self, path: &Path) {
        let known = self.root_of(path);
        let Some(text) = self.documents.get(path).map(|it| Arc::clone(&it.text)) else { return };
        if let Some(root) = &known
            && let Some(project) = self.projects.get_mut(root)
            && project.set(path, &text)
        {
            // The file at the root says what is a package and what is generated.
            if path.file_name().is_some_and(|it| it == "fleet.fleet") || project.opened.db.is_worn() {
                self.refresh(root);
            } else {
                self.diagnose(root);
            }
            return;
        }
        self.open(path);
        self.adopt();
    }

    /// Opens the projects of files that were opened before there was one.
    fn adopt(&mut self) {
        let alone: Vec<PathBuf> = self.documents.keys().filter(|it| self.root_of(it).is_none()).cloned().collect();
        for path in alone {
            // One project may be that of several.
            if dir_of_project(&path).is_some() && self.root_of(&path).is_none() {
                self.open(&path);
            }
        }
    }

    /// Opens the project around a file.
    fn open(&mut self, path: &Path) {
        let texts = self.texts();
        let sender = self.disk.0.clone();
        let dir = path.parent().unwrap_or(path).to_path_buf();
        let changed = move || {
            let _ = sender.send(dir.clone());
        };
        match Project::around(path, &texts, changed) {
            Ok(project) => {
                let root = project.opened.root.clone();
                self.complaint = None;
                self.projects.insert(root.clone(), project);
                self.diagnose(&root);
            }
            // A file that lies in no project is nobody's mistake.
            Err(error) if dir_of_project(path).is_none() => self.log(&error.message),
            Err(error) => self.complain(&error),
        }
    }

    fn disk_changed(&mut self, first: PathBuf) {
        // An editor or a branch changes several files at once.
        std::thread::sleep(std::time::Duration::from_millis(15));
        let mut dirs = BTreeSet::from([first]);
        dirs.extend(self.disk.1.try_iter());
        let roots: BTreeSet<PathBuf> = dirs.iter().filter_map(|it| self.root_of(it)).collect();
        for root in roots {
            self.refresh(&root);
        }
    }

    /// Looks at the disk again.
    fn refresh(&mut self, root: &Path) {
        let texts = self.texts();
        let Some(project) = self.projects.get_mut(root) else { return };
        match project.refresh(&texts) {
            Ok(()) => self.diagnose(root),
            Err(error) => {
                // The project is gone, or cannot be read: what is open opens it again.
                self.projects.remove(root);
                self.complain(&error);
            }
        }
    }

    /// Shows what keeps a project from being read, once.
    fn complain(&mut self, error: &HostError) {
        let help = error.help.as_ref().map(|it| format!(": {it}")).unwrap_or_default();
        let message = format!("{}{help}", error.message);
        if self.complaint.as_ref() != Some(&message) {
            let params = serde_json::json!({ "type": 1, "message": message });
            let _ = self.connection.sender.send(Notification::new("window/showMessage".into(), params).into());
            self.complaint = Some(message);
        }
    }

    fn log(&self, message: &str) {
        let params = serde_json::json!({ "type": 2, "message": message });
        let _ = self.connection.sender.send(Notification::new("window/logMessage".into(), params).into());
    }

    /// Says what is wrong with a project, as soon as that is computed; a change cancels it.
    fn diagnose(&self, root: &Path) {
        let Some(snapshot) = self.snapshot_of(root) else { return };
        let (sender, published) = (self.connection.sender.clone(), Arc::clone(&self.published));
        self.pool.spawn(move || {
            // What is cancelled is computed again after the change that cancelled it.
            let run = AssertUnwindSafe(|| caught(|| publish(&snapshot, &published, &sender)));
            if let Ok(Err(bug)) = salsa::Cancelled::catch(run) {
                let message = format!("internal error: {} ({}); this is a bug in fleetc", bug.what, bug.at);
                let params = serde_json::json!({ "type": 1, "message": message });
                let _ = sender.send(Notification::new("window/logMessage".into(), params).into());
            }
        });
    }

    fn snapshot_of(&self, root: &Path) -> Option<Snapshot> {
        let project = self.projects.get(root)?;
        let open: BTreeMap<PathBuf, (lsp_types::Uri, i32)> =
            self.documents.iter().map(|(path, it)| (path.clone(), (it.uri.clone(), it.version))).collect();
        Some(Snapshot {
            db: project.opened.db.clone(),
            problems: project.opened.problems.clone(),
            root: root.to_path_buf(),
            others: self.projects.keys().filter(|it| *it != root).cloned().collect(),
            client: self.client,
            open,
        })
    }

    /// Answers on the other thread.
    fn request(&mut self, it: Request) {
        if self.is_shut {
            let refused = Response::new_err(it.id, ErrorCode::InvalidRequest as i32, "it is shut down".into());
            let _ = self.connection.sender.send(refused.into());
            return;
        }
        if it.method == "shutdown" {
            self.is_shut = true;
            let _ = self.connection.sender.send(Response::new_ok(it.id, ()).into());
            return;
        }
        let snapshots: Vec<Snapshot> = self.projects.keys().filter_map(|it| self.snapshot_of(it)).collect();
        let texts = self.texts();
        let (sender, asked) = (self.connection.sender.clone(), Arc::clone(&self.asked));
        asked.lock().unwrap_or_else(PoisonError::into_inner).insert(it.id.to_string(), true);
        let job = move || {
            let id = it.id.clone();
            let is_wanted = asked.lock().unwrap_or_else(PoisonError::into_inner).remove(&id.to_string());
            let answer = if is_wanted == Some(false) {
                Response::new_err(id, ErrorCode::RequestCanceled as i32, "it was cancelled".into())
            } else {
                answered(it, &snapshots, &texts)
            };
            let _ = sender.send(answer.into());
        };
        let _ = self.jobs.send(Box::new(job));
    }
}

/// The directory of the project that a file lies in.
fn dir_of_project(path: &Path) -> Option<&Path> {
    path.ancestors().skip(1).find(|it| it.join("fleet.fleet").is_file())
}

/// An answer, whatever happens on the way to it.
fn answered(it: Request, snapshots: &[Snapshot], texts: &Texts) -> Response {
    let id = it.id.clone();
    let run = || salsa::Cancelled::catch(AssertUnwindSafe(|| requests::answer(it, snapshots, texts)));
    match caught(run) {
        Ok(Ok(answer)) => answer,
        Ok(Err(_)) => Response::new_err(id, ErrorCode::ContentModified as i32, "the text has changed".into()),
        Err(bug) => {
            let text = format!("internal error: {} ({}); this is a bug in fleetc", bug.what, bug.at);
            Response::new_err(id, ErrorCode::InternalError as i32, text)
        }
    }
}

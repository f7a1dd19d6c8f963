//! `fmt`: what a text means stays, with its comments, and doing it twice is doing it once.

use fleetc::format::{format, means_the_same};

pub fn run(data: &[u8]) {
    let Ok(text) = std::str::from_utf8(data) else { return };
    let once = format(text).text;
    assert_eq!(format(&once).text, once, "it is not the same the second time");
    assert!(means_the_same(text, &once), "{once}");
}

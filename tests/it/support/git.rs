//! Real repositories.

use std::path::Path;
use std::process::Command;

/// Runs git; none where it is not installed, which is an error in CI.
pub(crate) fn git(dir: &Path, args: &[&str]) -> Option<String> {
    let run = Command::new("git")
        .args(args)
        .current_dir(dir)
        .env("GIT_CONFIG_GLOBAL", "/dev/null")
        .env("GIT_CONFIG_SYSTEM", "/dev/null")
        .envs([("GIT_AUTHOR_NAME", "t"), ("GIT_AUTHOR_EMAIL", "t@example.com")])
        .envs([("GIT_COMMITTER_NAME", "t"), ("GIT_COMMITTER_EMAIL", "t@example.com")])
        .output();
    if run.is_err() {
        assert!(std::env::var_os("CI").is_none(), "git is not installed");
        eprintln!("git is not installed: what needs a repository was not tried");
    }
    let output = run.ok()?;
    assert!(output.status.success(), "git {args:?}: {}", String::from_utf8_lossy(&output.stderr));
    Some(String::from_utf8_lossy(&output.stdout).trim().to_owned())
}

/// Commits everything, into a new repository where there is none; none without git.
pub(crate) fn commit(dir: &Path, message: &str) -> Option<()> {
    if !dir.join(".git").exists() {
        git(dir, &["init", "-q", "-b", "main"])?;
    }
    git(dir, &["add", "-A"])?;
    git(dir, &["commit", "-q", "-m", message])?;
    Some(())
}

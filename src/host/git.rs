//! Files of a Git repository at a revision.
//!
//! Only `fleetc vendor` comes here: a build reads what lies on disk.

use std::num::NonZeroU32;
use std::path::{Path, PathBuf};
use std::sync::atomic::AtomicBool;

use gix::ObjectId;
use gix::bstr::ByteSlice;
use gix::objs::tree::EntryKind;
use gix::remote::Direction;
use gix::remote::fetch::{Shallow, Tags};

use super::tree_hash::Files;

type Result<T> = std::result::Result<T, Box<dyn std::error::Error + Send + Sync>>;

/// A revision that was fetched.
pub(super) struct Fetched {
    pub commit: String,
    pub files: Files,
}

/// How the network is spoken to.
#[derive(Clone, Debug, Default)]
pub struct Network {
    /// `GIT_SSH_COMMAND`: what to run instead of `ssh`.
    pub ssh: Option<String>,
}

/// The regular files of `directory` (empty: all) at a revision: a tag, a branch or a
/// whole commit hash. A relative path is taken from `root`.
///
/// # Errors
/// A sentence with what failed and why.
pub(super) fn fetch(
    url: &str,
    rev: &str,
    directory: &str,
    root: &Path,
    network: &Network,
) -> std::result::Result<Fetched, String> {
    let found = match local(url, root) {
        Some(path) => from_disk(&path, rev, directory, network),
        None => from_network(url, rev, directory, network),
    };
    found.map_err(|error| causes(error.as_ref()))
}

/// An error with everything that caused it.
pub(super) fn causes(error: &(dyn std::error::Error + 'static)) -> String {
    let mut text = error.to_string();
    let mut source = error.source();
    while let Some(it) = source {
        let cause = it.to_string();
        if !text.contains(&cause) {
            text = format!("{text}: {cause}");
        }
        source = it.source();
    }
    text
}

/// The path of a repository on this machine: `../platform`, `file:///srv/platform.git`.
fn local(url: &str, root: &Path) -> Option<PathBuf> {
    if let Some(path) = url.strip_prefix("file://") {
        return Some(PathBuf::from(path));
    }
    // `git@host:path` has a colon before any slash.
    let is_remote = url.contains("://") || url.split('/').next().is_some_and(|it| it.contains(':'));
    (!is_remote).then(|| root.join(url))
}

/// Whether a URL names a repository on this machine.
pub(super) fn is_local(url: &str) -> bool {
    local(url, Path::new("")).is_some()
}

/// Nothing of the user's or the system's configuration: the same files for everybody.
pub(super) fn options(network: &Network) -> gix::open::Options {
    let mut permissions = gix::open::Permissions::isolated();
    permissions.env.http_transport = gix::sec::Permission::Allow;
    let mut overrides = vec!["core.logAllRefUpdates=false".to_owned()];
    overrides.extend(network.ssh.iter().map(|it| format!("core.sshCommand={it}")));
    gix::open::Options::isolated()
        .permissions(permissions)
        .strict_config(true)
        .with(gix::sec::Trust::Full)
        .config_overrides(overrides)
}

fn from_disk(path: &Path, rev: &str, directory: &str, network: &Network) -> Result<Fetched> {
    let repository = options(network).open(path)?.to_thread_local();
    let id = if let Ok(id) = ObjectId::from_hex(rev.as_bytes()) {
        id
    } else {
        let tag = repository.try_find_reference(format!("refs/tags/{rev}").as_str())?;
        let found = match tag {
            Some(it) => Some(it),
            None => repository.try_find_reference(format!("refs/heads/{rev}").as_str())?,
        };
        found.ok_or_else(|| format!("there is no tag and no branch `{rev}`"))?.peel_to_id()?.detach()
    };
    let commit = repository.find_object(id)?.peel_to_commit()?.id;
    read(&repository, commit, directory)
}

fn from_network(url: &str, rev: &str, directory: &str, network: &Network) -> Result<Fetched> {
    // A second install fails and changes nothing.
    let _ = rustls::crypto::ring::default_provider().install_default();
    let dir = tempfile::tempdir()?;
    let repository = gix::ThreadSafeRepository::init_opts(
        dir.path(),
        gix::create::Kind::Bare,
        gix::create::Options::default(),
        options(network),
    )?
    .to_thread_local();
    let newest = Shallow::DepthAtRemote(NonZeroU32::MIN);
    if ObjectId::from_hex(rev.as_bytes()).is_ok() {
        let one = [format!("{rev}:refs/fleetc/commits/{rev}")];
        if let Err(first) = receive(&repository, url, &one, newest) {
            // Some servers give no commit that no name leads to: then everything is asked for.
            let all = ["+refs/heads/*:refs/fleetc/heads/*".to_owned(), "+refs/tags/*:refs/fleetc/tags/*".to_owned()];
            receive(&repository, url, &all, Shallow::undo())
                .map_err(|second| format!("{}; then {}", causes(first.as_ref()), causes(second.as_ref())))?;
        }
        let commit = repository.find_object(ObjectId::from_hex(rev.as_bytes())?)?.peel_to_commit()?.id;
        return read(&repository, commit, directory);
    }
    gix::validate::reference::name(format!("refs/tags/{rev}").as_str().into())?;
    let specs = ["tags", "heads"].map(|it| format!("+refs/{it}/{rev}:refs/fleetc/{it}/{rev}"));
    let outcome = receive(&repository, url, &specs, newest)?;
    for kind in ["tags", "heads"] {
        let name = format!("refs/{kind}/{rev}");
        let mut mappings = outcome.ref_map.mappings.iter();
        if let Some(found) = mappings.find(|it| it.remote.as_name().is_some_and(|it| *it == *name.as_str())) {
            let id = found.remote.as_id().ok_or("the branch has no commit yet")?;
            let commit = repository.find_object(id)?.peel_to_commit()?.id;
            return read(&repository, commit, directory);
        }
    }
    Err(format!("there is no tag and no branch `{rev}`").into())
}

fn receive(
    repository: &gix::Repository,
    url: &str,
    specs: &[String],
    shallow: Shallow,
) -> Result<gix::remote::fetch::Outcome> {
    let remote = repository
        .remote_at_without_url_rewrite(gix::Url::try_from(url)?)?
        .with_fetch_tags(Tags::None)
        .with_refspecs(specs.iter().map(|it| it.as_bytes().as_bstr()), Direction::Fetch)?;
    // A server that asks who we are is answered by git's own credential helpers.
    let connection = remote.connect(Direction::Fetch)?.with_credentials(gix::credentials::builtin);
    let prepared = connection.prepare_fetch(gix::progress::Discard, gix::remote::ref_map::Options::default())?;
    Ok(prepared.with_shallow(shallow).receive(gix::progress::Discard, &AtomicBool::new(false))?)
}

/// The regular files of a commit; links and submodules are left out.
fn read(repository: &gix::Repository, commit: ObjectId, directory: &str) -> Result<Fetched> {
    let mut tree = repository.find_commit(commit)?.tree()?;
    if !directory.is_empty() {
        let entry = tree.lookup_entry(directory.split('/'))?;
        let entry = entry.ok_or_else(|| format!("the revision has no directory `{directory}`"))?;
        tree = entry.object()?.try_into_tree()?;
    }
    let mut files = Files::new();
    walk(&tree, "", &mut files)?;
    Ok(Fetched { commit: commit.to_string(), files })
}

fn walk(tree: &gix::Tree<'_>, prefix: &str, files: &mut Files) -> Result<()> {
    for entry in tree.iter() {
        let entry = entry?;
        // A repository may hold names such as `..` that must not reach the disk.
        gix::validate::path::component(entry.filename(), None, gix::validate::path::component::Options::default())?;
        let name = format!("{prefix}{}", entry.filename().to_str()?);
        match entry.kind() {
            EntryKind::Tree => walk(&entry.object()?.try_into_tree()?, &format!("{name}/"), files)?,
            EntryKind::Blob | EntryKind::BlobExecutable => {
                files.insert(name, entry.object()?.try_into_blob()?.take_data());
            }
            EntryKind::Link | EntryKind::Commit => {}
        }
    }
    Ok(())
}

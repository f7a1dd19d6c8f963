//! The fleet language in Zed: where the language server is.

use zed_extension_api::settings::LspSettings;
use zed_extension_api::{Command, Extension, LanguageServerId, Result, Worktree, register_extension};

struct Fleet;

impl Extension for Fleet {
    fn new() -> Self {
        Self
    }

    fn language_server_command(&mut self, server: &LanguageServerId, worktree: &Worktree) -> Result<Command> {
        let chosen = LspSettings::for_worktree(server.as_ref(), worktree)?.binary.and_then(|it| it.path);
        let command = chosen.or_else(|| worktree.which("fleetc")).ok_or(
            "fleetc is not on the path: install it, or name it in the settings under `lsp.fleetc.binary.path`",
        )?;
        Ok(Command { command, args: vec!["lsp".into()], env: worktree.shell_env() })
    }
}

register_extension!(Fleet);

//! The language server: the words of the protocol around what `ide` knows.
//!
//! In: messages of an editor. Out: messages to it. One thread takes messages and changes the
//! projects; what is asked is answered on others, over the state that there was. A change
//! cancels what still computes over the one before. Nothing here knows the language.

mod capabilities;
mod convert;
mod diagnostics;
mod document;
mod project;
mod requests;
mod server;
mod snapshot;
mod transport;

use rayon::ThreadPool;

use crate::host::HostError;
use server::Server;

/// Serves the editor at the other end of standard input and output until it leaves.
///
/// # Errors
/// If the editor does not speak the protocol.
pub fn serve(pool: ThreadPool) -> Result<(), HostError> {
    let (connection, threads) = transport::stdio();
    let failed = |it: &dyn std::fmt::Display| HostError {
        message: format!("the editor does not speak the language server protocol: {it}"),
        help: Some("`fleetc lsp` is started by an editor, not by hand".into()),
    };
    let (id, parameters) = connection.initialize_start().map_err(|it| failed(&it))?;
    let client = capabilities::Client::of(&parameters);
    let answer = serde_json::json!({
        "capabilities": capabilities::server(client),
        "serverInfo": { "name": "fleetc", "version": env!("CARGO_PKG_VERSION") },
    });
    connection.initialize_finish(id, answer).map_err(|it| failed(&it))?;
    let is_orderly = Server::new(&connection, client, pool).run();
    // Its writer ends when nobody can send any more.
    drop(connection);
    threads.join().map_err(|it| failed(&it))?;
    if is_orderly { Ok(()) } else { Err(failed(&"it closed the connection")) }
}

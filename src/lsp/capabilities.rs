//! What the editor and the server tell each other that they can do.

use lsp_types::{
    ClientCapabilities, CodeActionKind, CodeActionOptions, CodeLensOptions, CompletionOptions, DocumentLinkOptions,
    PositionEncodingKind, RenameOptions, SemanticTokensLegend, SemanticTokensOptions, ServerCapabilities,
    SignatureHelpOptions, TextDocumentSyncKind, TextDocumentSyncOptions,
};
use serde_json::Value as Json;

use super::convert::Encoding;

/// What names are, for those who colour them.
pub(super) const TOKENS: [&str; 6] = ["class", "type", "function", "variable", "parameter", "property"];

/// What more is known of them.
pub(super) const MODIFIERS: [&str; 2] = ["declaration", "defaultLibrary"];

/// What the editor can do.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Client {
    pub encoding: Encoding,
    /// Whether completions may say where the author goes on.
    pub snippets: bool,
    /// Whether symbols may stand inside of each other.
    pub nested_symbols: bool,
}

impl Client {
    pub(super) fn of(parameters: &Json) -> Self {
        let capabilities = parameters.get("capabilities").cloned().unwrap_or_default();
        let Ok(it) = serde_json::from_value::<ClientCapabilities>(capabilities) else { return Self::default() };
        let general = it.general.as_ref().and_then(|it| it.position_encodings.as_ref());
        let is_utf8 = general.is_some_and(|it| it.contains(&PositionEncodingKind::UTF8));
        let document = it.text_document.as_ref();
        let item = document.and_then(|it| it.completion.as_ref()).and_then(|it| it.completion_item.as_ref());
        let symbols = document.and_then(|it| it.document_symbol.as_ref());
        Self {
            encoding: if is_utf8 { Encoding::Utf8 } else { Encoding::Utf16 },
            snippets: item.and_then(|it| it.snippet_support).unwrap_or_default(),
            nested_symbols: symbols.and_then(|it| it.hierarchical_document_symbol_support).unwrap_or_default(),
        }
    }
}

/// What the server can do.
pub(super) fn server(client: Client) -> ServerCapabilities {
    let encoding = match client.encoding {
        Encoding::Utf8 => PositionEncodingKind::UTF8,
        Encoding::Utf16 => PositionEncodingKind::UTF16,
    };
    let sync = TextDocumentSyncOptions {
        open_close: Some(true),
        change: Some(TextDocumentSyncKind::Incremental),
        save: Some(true.into()),
        ..TextDocumentSyncOptions::default()
    };
    let triggers = [".", "\"", "=", " "].map(str::to_owned).to_vec();
    let names = |all: &[&str]| all.iter().map(|it| (*it).to_owned()).collect::<Vec<_>>();
    let legend = SemanticTokensLegend { token_types: names(&TOKENS), token_modifiers: names(&MODIFIERS) };
    let tokens = SemanticTokensOptions {
        legend,
        range: Some(true.into()),
        full: Some(true.into()),
        ..SemanticTokensOptions::default()
    };
    let signature =
        SignatureHelpOptions { trigger_characters: Some(names(&["(", ","])), ..SignatureHelpOptions::default() };
    ServerCapabilities {
        semantic_tokens_provider: Some(tokens.into()),
        inlay_hint_provider: Some(true.into()),
        signature_help_provider: Some(signature),
        document_link_provider: Some(DocumentLinkOptions::default()),
        position_encoding: Some(encoding),
        text_document_sync: Some(sync.into()),
        completion_provider: Some(CompletionOptions {
            trigger_characters: Some(triggers),
            ..CompletionOptions::default()
        }),
        hover_provider: Some(true.into()),
        definition_provider: Some(true.into()),
        references_provider: Some(true.into()),
        document_highlight_provider: Some(true.into()),
        document_symbol_provider: Some(true.into()),
        workspace_symbol_provider: Some(true.into()),
        document_formatting_provider: Some(true.into()),
        rename_provider: Some(RenameOptions { prepare_provider: Some(true), ..RenameOptions::default() }.into()),
        code_lens_provider: Some(CodeLensOptions::default()),
        folding_range_provider: Some(true.into()),
        selection_range_provider: Some(true.into()),
        code_action_provider: Some(
            CodeActionOptions {
                code_action_kinds: Some(vec![CodeActionKind::QuickFix, CodeActionKind::Refactor]),
                ..CodeActionOptions::default()
            }
            .into(),
        ),
        ..ServerCapabilities::default()
    }
}

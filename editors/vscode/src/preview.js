// The YAML that the add-on or the cluster under the cursor comes to, beside the source. The cursor
// in one shows the line in the other.
const vscode = require("vscode");

const SCHEME = "fleetc-preview";

exports.register = (context, client) => {
  const changed = new vscode.EventEmitter();
  // What is shown: the answer of the server, and the place that it was asked for.
  let shown = null;
  const point = (it) => new vscode.Position(it.line, it.character);
  const range = (it) => new vscode.Range(point(it.start), point(it.end));
  const uri = () => vscode.Uri.from({ scheme: SCHEME, path: `/${shown.title} on ${shown.cluster}.yaml` });

  const ask = async (document, position, cluster) => {
    const answer = await client().sendRequest("fleetc/preview", {
      textDocument: { uri: document.uri.toString() },
      position: { line: position.line, character: position.character },
      cluster,
    });
    return answer && { ...answer, document: document.uri, position };
  };

  const reveal = (editor, where) => {
    editor.revealRange(where, vscode.TextEditorRevealType.InCenterIfOutsideViewport);
    editor.setDecorations(mark, [where]);
  };
  const mark = vscode.window.createTextEditorDecorationType({
    isWholeLine: true,
    backgroundColor: new vscode.ThemeColor("editor.rangeHighlightBackground"),
  });

  const open = async (cluster) => {
    const editor = vscode.window.activeTextEditor;
    if (editor?.document.languageId === "fleet") {
      shown = await ask(editor.document, editor.selection.active, cluster);
    } else if (shown && cluster) {
      const document = await vscode.workspace.openTextDocument(shown.document);
      shown = await ask(document, shown.position, cluster);
    }
    if (!shown) return vscode.window.showInformationMessage("Nothing here becomes an object on a cluster.");
    changed.fire(uri());
    const document = await vscode.workspace.openTextDocument(uri());
    await vscode.languages.setTextDocumentLanguage(document, "yaml");
    return vscode.window.showTextDocument(document, vscode.ViewColumn.Beside, true);
  };

  context.subscriptions.push(
    mark,
    changed,
    vscode.workspace.registerTextDocumentContentProvider(SCHEME, {
      onDidChange: changed.event,
      provideTextDocumentContent: () => shown?.text ?? "",
    }),
    vscode.languages.registerDefinitionProvider({ scheme: SCHEME }, {
      provideDefinition: (_, position) => {
        const it = shown?.lines[position.line];
        return it && new vscode.Location(vscode.Uri.parse(it.uri), range(it.range));
      },
    }),
    vscode.commands.registerCommand("fleetc.preview", () => open()),
    vscode.commands.registerCommand("fleetc.previewCluster", async () => {
      if (!shown) return open();
      const cluster = await vscode.window.showQuickPick(shown.clusters, { title: `${shown.title} on` });
      return cluster && open(cluster);
    }),
    vscode.window.onDidChangeTextEditorSelection(({ textEditor, selections }) => {
      if (!shown) return;
      const line = selections[0].active.line;
      const others = vscode.window.visibleTextEditors;
      if (textEditor.document.uri.scheme === SCHEME) {
        const it = shown.lines[line];
        const other = it && others.find((other) => other.document.uri.toString() === vscode.Uri.parse(it.uri).toString());
        if (other) reveal(other, range(it.range));
      } else if (textEditor.document.languageId === "fleet") {
        const own = textEditor.document.uri.toString();
        const other = others.find((other) => other.document.uri.scheme === SCHEME);
        const nth = shown.lines.findIndex((it) => it && vscode.Uri.parse(it.uri).toString() === own && range(it.range).start.line === line);
        if (other && nth >= 0) reveal(other, new vscode.Range(nth, 0, nth, 0));
      }
    }),
    vscode.workspace.onDidSaveTextDocument(async (document) => {
      if (!shown || document.languageId !== "fleet") return;
      const source = await vscode.workspace.openTextDocument(shown.document);
      const answer = await ask(source, shown.position, shown.cluster);
      if (answer) {
        shown = answer;
        changed.fire(uri());
      }
    }),
  );
};

// Starts `fleetc lsp`, and shows what its lenses lead to.
const vscode = require("vscode");
const { LanguageClient } = require("vscode-languageclient/node");
const preview = require("./preview");

let client;

const start = async () => {
  const command = vscode.workspace.getConfiguration("fleetc").get("path", "fleetc");
  const run = { command, args: ["lsp"] };
  client = new LanguageClient("fleetc", "fleetc", { run, debug: run }, { documentSelector: [{ language: "fleet" }] });
  try {
    await client.start();
  } catch (error) {
    const told = `\`${command} lsp\` does not start: ${error.message}`;
    const choice = await vscode.window.showErrorMessage(told, "Open settings");
    if (choice) vscode.commands.executeCommand("workbench.action.openSettings", "fleetc.path");
  }
};

exports.activate = async (context) => {
  context.subscriptions.push(
    vscode.commands.registerCommand("fleetc.restart", async () => {
      await client?.stop();
      await start();
    }),
    // What the protocol has are plain objects; the editor wants its own.
    vscode.commands.registerCommand("fleetc.showReferences", (uri, position, places) => {
      const point = (it) => new vscode.Position(it.line, it.character);
      const range = (it) => new vscode.Range(point(it.start), point(it.end));
      const found = places.map((it) => new vscode.Location(vscode.Uri.parse(it.uri), range(it.range)));
      return vscode.commands.executeCommand("editor.action.showReferences", vscode.Uri.parse(uri), point(position), found);
    }),
  );
  preview.register(context, () => client);
  await start();
};

exports.deactivate = () => client?.stop();

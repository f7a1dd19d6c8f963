//! The command line as it is shown: each command with examples.

use clap::{Command, CommandFactory};

use super::args::Arguments;

/// Commands, and what to write for what.
const EXAMPLES: [(&str, &[(&str, &str)]); 22] = [
    (
        "init",
        &[
            ("fleetc init my-fleet", "one cluster and one add-on, in a new directory"),
            ("fleetc init --from eks", "a realistic fleet on Amazon EKS, in the current directory"),
        ],
    ),
    (
        "import",
        &[
            ("fleetc import", "describe the repository in the current directory, and prove that nothing changes"),
            ("fleetc import ../fleet-infra --out ../try", "into another directory, to look at"),
            ("fleetc import --only infrastructure", "one Kustomization; the others stay as they are"),
            (
                "fleetc import --cluster eu=clusters/eu -o markdown",
                "a cluster that is named, the report for a pull request",
            ),
        ],
    ),
    (
        "build",
        &[
            ("fleetc build", "write what changed"),
            ("fleetc build --check", "write nothing, and fail if the tree is out of date: for CI"),
            ("fleetc build --watch", "build again whenever a file changes"),
            ("fleetc build --remove old-cluster", "let a cluster be uninstalled"),
        ],
    ),
    (
        "check",
        &[
            ("fleetc check", "report errors and warnings"),
            ("fleetc check --message-format github", "as annotations of a pull request"),
            ("fleetc check -v", "with what is shared between clusters, and what is not validated"),
        ],
    ),
    (
        "fmt",
        &[
            ("fleetc fmt", "format all sources of the project"),
            ("fleetc fmt --check", "write nothing, and fail if a file is not formatted"),
        ],
    ),
    (
        "render",
        &[
            ("fleetc render eu-prod", "everything that Flux applies on a cluster"),
            ("fleetc render eu-prod HelmRelease/karpenter -o json", "one object"),
        ],
    ),
    (
        "why",
        &[
            ("fleetc why eu-prod karpenter.spec.values.replicas", "who set a value, and what it overrides"),
            ("fleetc why clusters/eu-prod/cluster-addons.yaml:42", "the value on a line of a generated file"),
        ],
    ),
    ("compare", &[("fleetc compare eu-test eu-prod", "where two clusters differ, and who made it so")]),
    (
        "diff",
        &[
            ("fleetc diff", "what uncommitted changes do to each cluster"),
            ("fleetc diff origin/main...HEAD -o markdown", "a comment for a pull request"),
            ("fleetc diff origin/main --fail-on uninstall --max-rings 1", "a gate for CI"),
        ],
    ),
    (
        "absorb",
        &[
            ("fleetc absorb", "write what was edited in the tree into the sources"),
            ("fleetc absorb --dry-run", "show what would change in them"),
            ("fleetc absorb origin/flux-image-updates", "what an automation pushed to a branch"),
        ],
    ),
    (
        "promote",
        &[
            ("fleetc promote karpenter --dry-run", "show what the next ring would get"),
            ("fleetc promote karpenter", "write it into the sources"),
        ],
    ),
    (
        "list",
        &[
            ("fleetc list clusters", "clusters with their facts"),
            ("fleetc list releases --where 'cluster.environment == \"test\"'", "add-ons of some clusters"),
        ],
    ),
    (
        "graph",
        &[
            ("fleetc graph > fleet.svg", "sources, catalogues and clusters"),
            ("fleetc graph eu-prod -o mermaid", "what one cluster waits for, for a README"),
        ],
    ),
    ("report", &[("fleetc report --out fleet.html", "the fleet as a page to share")]),
    (
        "provision",
        &[
            ("fleetc provision eu-prod -o flux-bootstrap", "the command that installs Flux"),
            ("fleetc provision -o terraform", "Terraform of all clusters, to `provision/`"),
        ],
    ),
    (
        "vendor",
        &[
            ("fleetc vendor", "fetch the packages that `fleet.lock` names"),
            ("fleetc vendor --update", "fetch what their branches and tags mean now"),
        ],
    ),
    (
        "explain",
        &[
            ("fleetc explain E0211", "a diagnostic"),
            ("fleetc explain override", "a keyword"),
            ("fleetc explain std.addons.velero", "an add-on of the standard library"),
        ],
    ),
    ("lsp", &[("fleetc lsp", "started by an editor")]),
    (
        "completions",
        &[
            ("fleetc completions bash > ~/.local/share/bash-completion/completions/fleetc", "for bash"),
            ("fleetc completions zsh > ~/.zfunc/_fleetc", "for zsh"),
            ("fleetc completions fish > ~/.config/fish/completions/fleetc.fish", "for fish"),
        ],
    ),
    (
        "man",
        &[
            ("fleetc man build", "the page of a command"),
            ("fleetc man --out ~/.local/share/man/man1", "all pages, where `man` finds them"),
        ],
    ),
    ("help", &[("fleetc help build", "the options of a command")]),
    (
        "",
        &[
            ("fleetc init my-fleet && cd my-fleet", "begin"),
            ("fleetc build", "check everything, and write the tree that Flux applies"),
            ("fleetc diff", "see what a change does to each cluster"),
        ],
    ),
];

/// The whole command line, with the examples.
pub(super) fn command() -> Command {
    let mut whole = Arguments::command();
    whole.build();
    for (name, examples) in EXAMPLES {
        let width = examples.iter().map(|(line, _)| line.len()).max().unwrap_or(0).min(60);
        let lines: Vec<String> = examples.iter().map(|(line, what)| format!("  {line:width$}  # {what}")).collect();
        let text = format!("Examples:\n{}", lines.join("\n"));
        whole =
            if name.is_empty() { whole.after_help(text) } else { whole.mut_subcommand(name, |it| it.after_help(text)) };
    }
    whole
}

#[cfg(test)]
mod tests {
    use super::*;

    /// What the shell hands on of a line: its words, without what goes elsewhere.
    fn words(line: &str) -> Vec<String> {
        let own = line.split(" > ").next().and_then(|it| it.split(" && ").next()).unwrap_or_default();
        let mut words = vec![String::new()];
        let mut is_quoted = false;
        for it in own.chars() {
            match it {
                '\'' => is_quoted = !is_quoted,
                ' ' if !is_quoted => words.push(String::new()),
                it => words.last_mut().expect("a word").push(it),
            }
        }
        words
    }

    #[test]
    fn every_command_has_examples_that_it_accepts() {
        let whole = command();
        for it in whole.get_subcommands() {
            assert!(EXAMPLES.iter().any(|(name, _)| *name == it.get_name()), "{} has no example", it.get_name());
        }
        for (line, _) in EXAMPLES.iter().flat_map(|(_, it)| *it).filter(|(line, _)| !line.starts_with("fleetc help")) {
            if let Err(problem) = command().try_get_matches_from(words(line)) {
                panic!("{line}\n{problem}");
            }
        }
    }
}

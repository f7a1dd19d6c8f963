//! What can be wrong with packages on disk.

use ecow::{EcoString, eco_format};

use crate::diagnostic::{Diagnostic, code};
use crate::fleet::Package;
use crate::source::Origin;

/// Why a package cannot be used.
pub(super) enum Trouble {
    NoDirectory(EcoString),
    NoSources(EcoString),
    Cycle(EcoString),
    NotVendored(EcoString),
    Changed {
        dir: EcoString,
        locked: EcoString,
        found: EcoString,
    },
    /// A package from Git names something on this machine: its own name of it, and what.
    Outside {
        package: EcoString,
        alias: EcoString,
        what: EcoString,
    },
}

impl Trouble {
    /// The diagnostic, at the package's declaration.
    pub(super) fn diagnostic(&self, name: &str, package: &Package) -> Diagnostic {
        cannot_be_used(name, package.origin, self)
    }
}

fn cannot_be_used(name: &str, at: Origin, trouble: &Trouble) -> Diagnostic {
    match trouble {
        Trouble::NoDirectory(dir) => Diagnostic::new(
            code::NO_PACKAGE,
            eco_format!("the package `{name}` is not at `{dir}`"),
            at,
            "declared here",
        )
        .help("fix the path; it is relative to the directory of this `fleet.fleet`"),
        Trouble::NoSources(dir) => Diagnostic::new(
            code::NO_PACKAGE,
            eco_format!("the package `{name}` has no `.fleet` file in `{dir}`"),
            at,
            "declared here",
        )
        .help("name the directory that holds its sources"),
        Trouble::Cycle(dir) => Diagnostic::new(
            code::NO_PACKAGE,
            eco_format!("the package `{name}` leads back to itself, at `{dir}`"),
            at,
            "declared here",
        )
        .help("packages may not need each other in a cycle: move what both need into a third"),
        Trouble::NotVendored(dir) => Diagnostic::new(
            code::NO_PACKAGE,
            eco_format!("the package `{name}` was not fetched at this revision"),
            at,
            "declared here",
        )
        .note(eco_format!("a build does not use the network: the package must be in `{dir}` and in `fleet.lock`"))
        .help("run `fleetc vendor`"),
        Trouble::Outside { package, alias, what } => Diagnostic::new(
            code::OUTSIDE_PACKAGE,
            eco_format!("the package `{package}` comes from Git, and declares `{alias}` at `{what}` on this machine"),
            at,
            "declared here",
        )
        .note("a package from Git names only packages from remote repositories and directories of its own: it is the same for everybody")
        .help("ask its authors to publish what it needs, or copy the package into this repository and name it by `path`"),
        Trouble::Changed { dir, locked, found } => Diagnostic::new(
            code::PACKAGE_CHANGED,
            eco_format!("the files of the package `{name}` are not those that were locked"),
            at,
            "declared here",
        )
        .note(eco_format!("`fleet.lock` has the tree {locked}, `{dir}` is {found}"))
        .help("run `fleetc vendor` to fetch them again; what was changed by hand there is lost"),
    }
}

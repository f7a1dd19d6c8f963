//! What may be written on the command line.

use std::path::PathBuf;

use clap::{ArgAction, Args, Parser, Subcommand, ValueEnum};
use clap_complete::Shell;

/// Compiles a typed description of a fleet of Kubernetes clusters to the Git tree that Flux applies.
#[derive(Parser)]
#[command(name = "fleetc", version, propagate_version = true)]
pub(super) struct Arguments {
    #[command(subcommand)]
    pub command: Command,
    /// The project's directory, or one inside it
    #[arg(short = 'C', long = "directory", value_name = "DIR", default_value = ".", global = true)]
    pub directory: PathBuf,
    /// When to color the output
    #[arg(long, value_enum, value_name = "WHEN", default_value = "auto", global = true)]
    pub color: Color,
    /// Print only errors
    #[arg(short, long, global = true)]
    pub quiet: bool,
    /// Show what is read, compiled and written, and how long each step takes; `-vv` names each file
    #[arg(short, long, action = ArgAction::Count, global = true, conflicts_with = "quiet")]
    pub verbose: u8,
}

#[derive(Clone, Copy, ValueEnum)]
pub(super) enum Color {
    Auto,
    Always,
    Never,
}

#[derive(Subcommand)]
pub(super) enum Command {
    /// Create a new project that builds as it is
    Init(Init),
    /// Describe an existing Flux repository in the language
    Import(Import),
    /// Compile the project and write the generated tree
    Build(Build),
    /// Check the project without writing files
    Check(Check),
    /// Format source files
    Fmt(Fmt),
    /// Print the objects of a cluster, as Flux applies them
    Render(Render),
    /// Show which layer set a value, which layers it overrides, and why
    Why(Why),
    /// Compare two clusters and show where each difference was set
    Compare(Compare),
    /// Show what a change of the sources changes on each cluster
    Diff(Diff),
    /// Write what was edited in generated files into the sources
    Absorb(Absorb),
    /// Promote an add-on's version to the next ring, in the sources
    Promote(Promote),
    /// List clusters, add-ons, releases, sources, rules or versions as a table
    List(List),
    /// Draw the dependency graph (SVG, DOT, Mermaid)
    Graph(Graph),
    /// Write an HTML report about the fleet
    Report(Report),
    /// Generate the configuration that creates the clusters (eksctl, Terraform, Cluster API)
    Provision(Provision),
    /// Fetch packages from Git into `vendor/` and lock their revisions
    Vendor(Vendor),
    /// Explain a diagnostic code, a keyword, a function, or what the standard library has
    Explain(Explain),
    /// Run the language server on standard input and output
    Lsp,
    /// Generate a completion script for a shell
    Completions(Completions),
    /// Generate manual pages
    Man(Man),
}

#[derive(Args)]
pub(super) struct Completions {
    /// The shell
    #[arg(value_enum)]
    pub shell: Shell,
}

#[derive(Args)]
pub(super) struct Man {
    /// Print the page of this command [default: that of `fleetc`]
    #[arg(conflicts_with = "out")]
    pub command: Option<String>,
    /// Write all pages to this directory
    #[arg(long, value_name = "DIR")]
    pub out: Option<PathBuf>,
}

#[derive(Args)]
pub(super) struct Fmt {
    /// Files and directories [default: all sources of the project]; `-` formats standard input
    /// to standard output
    #[arg(value_name = "FILES")]
    pub files: Vec<PathBuf>,
    /// Write nothing; exit with 1 and list the files that are not formatted
    #[arg(long)]
    pub check: bool,
    /// Write nothing; show the changes as a diff
    #[arg(long)]
    pub diff: bool,
}

#[derive(Args)]
pub(super) struct Init {
    /// The directory of the new project
    #[arg(default_value = ".")]
    pub dir: PathBuf,
    /// The template
    #[arg(long, value_enum, default_value = "minimal")]
    pub from: Template,
}

#[derive(Args)]
pub(super) struct Import {
    /// The repository
    #[arg(default_value = ".")]
    pub path: PathBuf,
    /// A cluster and the directory that its Flux reads [default: those that `flux bootstrap` or a FluxInstance names]
    #[arg(long, value_name = "NAME=DIR", value_parser = cluster_at)]
    pub cluster: Vec<(String, String)>,
    /// Where the sources are written [default: the repository]
    #[arg(long, value_name = "DIR")]
    pub out: Option<PathBuf>,
    /// Import this Kustomization alone, and leave the others as they are
    #[arg(long, value_name = "KUSTOMIZATION")]
    pub only: Option<String>,
    /// Write the sources even if Flux would delete something or install it anew
    #[arg(long)]
    pub accept: bool,
    /// Write nothing; print the report alone
    #[arg(long)]
    pub dry_run: bool,
    /// The format of the report
    #[arg(short, long, value_enum, default_value = "text")]
    pub output: ImportOutput,
}

#[derive(Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(super) enum ImportOutput {
    Text,
    Markdown,
    Json,
}

/// `production=clusters/production`
fn cluster_at(text: &str) -> Result<(String, String), String> {
    match text.split_once('=') {
        Some((name, dir)) if !name.is_empty() && !dir.is_empty() => Ok((name.into(), dir.into())),
        _ => Err("expected a name and a directory, such as production=clusters/production".into()),
    }
}

#[derive(Clone, Copy, ValueEnum)]
pub(super) enum Template {
    /// One cluster, one add-on
    Minimal,
    /// A realistic fleet on Amazon EKS
    Eks,
    /// An image tag that Flux updates by itself
    Images,
}

/// The format of diagnostics.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
pub(super) enum MessageFormat {
    /// For people, on standard error
    #[default]
    Human,
    /// One JSON object per line
    Json,
    /// GitHub Actions annotations
    Github,
    /// GitLab Code Quality report
    Gitlab,
    /// SARIF, for code scanning
    Sarif,
    Junit,
}

#[derive(Args)]
pub(super) struct Check {
    /// Also write diagnostics for programs to standard output
    #[arg(long, value_enum, value_name = "FORMAT", default_value = "human")]
    pub message_format: MessageFormat,
    /// Show every diagnostic, and each place of like ones
    #[arg(long)]
    pub all: bool,
    /// Warn about overrides whose `until` is before this date
    #[arg(long, value_name = "YYYY-MM-DD", value_parser = day)]
    pub today: Option<String>,
}

/// A date, `2026-12-31`.
fn day(text: &str) -> Result<String, String> {
    if crate::fleet::is_date(text) { Ok(text.to_owned()) } else { Err("expected a day such as 2026-12-31".into()) }
}

#[derive(Clone, Args)]
#[expect(clippy::struct_excessive_bools, reason = "each is an option of the command")]
pub(super) struct Build {
    /// Also write diagnostics for programs to standard output
    #[arg(long, value_enum, value_name = "FORMAT", default_value = "human", conflicts_with = "watch")]
    pub message_format: MessageFormat,
    /// Show every diagnostic, and each place of like ones
    #[arg(long)]
    pub all: bool,
    /// Warn about overrides whose `until` is before this date
    #[arg(long, value_name = "YYYY-MM-DD", value_parser = day)]
    pub today: Option<String>,
    /// Write nothing; exit with 1 and a list if the tree differs
    #[arg(long)]
    pub check: bool,
    /// Keep running and build again when a file changes
    #[arg(long, conflicts_with = "check")]
    pub watch: bool,
    /// Adopt files that fleetc did not write, where it generates one of that name
    #[arg(long)]
    pub adopt: bool,
    /// Allow a cluster, or one of its Kustomizations, to be uninstalled
    #[arg(long, value_name = "CLUSTER[/KUSTOMIZATION]")]
    pub remove: Vec<String>,
    /// Write the tree to another directory
    #[arg(long, value_name = "DIR")]
    pub out: Option<PathBuf>,
    /// Number of threads [default: one per core]
    #[arg(short, long, value_name = "N")]
    pub jobs: Option<usize>,
}

#[derive(Args)]
pub(super) struct Render {
    /// The cluster's name
    pub cluster: String,
    /// Only these objects: `NAME`, `KIND/NAME` or `KIND/NAMESPACE/NAME`
    pub object: Option<String>,
    /// Output format
    #[arg(short, long, value_enum, default_value = "yaml")]
    pub output: ObjectOutput,
}

#[derive(Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(super) enum ObjectOutput {
    Yaml,
    Json,
}

#[derive(Args)]
pub(super) struct Why {
    /// A cluster, or a line of a generated file: `clusters/one/addons.yaml:12`
    #[arg(value_name = "CLUSTER|FILE:LINE")]
    pub place: String,
    /// `[KIND/[NAMESPACE/]]NAME[.PATH]`: an object, an item, or a value in one
    pub what: Option<String>,
    /// Read the project at a Git revision instead of the working tree
    #[arg(long, value_name = "REV")]
    pub rev: Option<String>,
    /// Output format
    #[arg(short, long, value_enum, default_value = "text")]
    pub output: Output,
}

#[derive(Args)]
pub(super) struct Compare {
    /// The first cluster
    pub first: String,
    /// The second cluster
    pub second: String,
    /// Only these objects: `NAME`, `KIND/NAME` or `KIND/NAMESPACE/NAME`
    pub object: Option<String>,
    /// Read the project at a Git revision instead of the working tree
    #[arg(long, value_name = "REV")]
    pub rev: Option<String>,
    /// Output format
    #[arg(short, long, value_enum, default_value = "text")]
    pub output: Output,
}

#[derive(Args)]
pub(super) struct Diff {
    /// `REV` to the working tree, `REV..REV`, or `REV...REV` from their merge base
    /// [default: HEAD]
    #[arg(value_name = "REV[..REV]")]
    pub revisions: Option<String>,
    /// Output format
    #[arg(short, long, value_enum, default_value = "text")]
    pub output: DiffOutput,
    /// Exit with 1 on: `any` change, `danger`, one of the dangers (`uninstall`, `major`, …), or a
    /// change of a cluster for which an expression is true
    #[arg(long, value_name = "GATE")]
    pub fail_on: Vec<String>,
    /// Exit with 1 if objects change in more than this number of rings
    #[arg(long, value_name = "N")]
    pub max_rings: Option<usize>,
}

#[derive(Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(super) enum DiffOutput {
    #[value(alias = "human")]
    Text,
    Json,
    /// A comment for a pull request
    Markdown,
    /// A patch of the generated tree, for `git apply`
    Patch,
}

#[derive(Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(super) enum Output {
    Text,
    Json,
}

#[derive(Args)]
pub(super) struct Absorb {
    /// Read the generated files at a Git revision instead of the working tree
    #[arg(value_name = "REV")]
    pub revision: Option<String>,
    /// Write nothing; show the changes of the sources as a diff
    #[arg(long)]
    pub dry_run: bool,
}

#[derive(Args)]
pub(super) struct Promote {
    /// `ADDON` or `CATALOGUE.ADDON`
    pub addon: String,
    /// The ring to promote from [default: the first that is ahead of the next]
    #[arg(long, value_name = "RING")]
    pub from: Option<String>,
    /// Write nothing; show the changes as a diff
    #[arg(long)]
    pub dry_run: bool,
}

#[derive(Args)]
pub(super) struct List {
    /// What to list
    #[arg(value_enum)]
    pub what: Listed,
    /// Only rows for which this expression over `cluster` (and `addon`, where add-ons are listed) is true
    #[arg(long = "where", value_name = "EXPR")]
    pub filter: Option<String>,
    /// Read the project at a Git revision instead of the working tree
    #[arg(long, value_name = "REV")]
    pub rev: Option<String>,
    /// Output format
    #[arg(short, long, value_enum, default_value = "table")]
    pub output: TableOutput,
}

#[derive(Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(super) enum Listed {
    /// Clusters with their facts
    Clusters,
    /// Add-ons with their versions
    AddOns,
    /// Each add-on on each cluster
    Releases,
    /// Helm, Git, OCI and bucket sources
    Sources,
    /// Catalogues, and the number of clusters that use them
    Catalogues,
    /// Rules, and the number of clusters that they apply to
    Rules,
    /// The version of each add-on in each ring
    Versions,
}

#[derive(Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(super) enum TableOutput {
    Table,
    Json,
}

#[derive(Args)]
pub(super) struct Graph {
    /// Draw this cluster; without it, the fleet: sources, catalogues, and the clusters that use them
    pub cluster: Option<String>,
    /// Output format
    #[arg(short, long, value_enum, default_value = "svg")]
    pub output: GraphOutput,
    /// Read the project at a Git revision instead of the working tree
    #[arg(long, value_name = "REV")]
    pub rev: Option<String>,
}

#[derive(Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(super) enum GraphOutput {
    Svg,
    /// For Graphviz
    Dot,
    /// For GitHub and GitLab
    Mermaid,
}

#[derive(Args)]
pub(super) struct Report {
    /// The file to write; `-` is standard output
    #[arg(long, value_name = "FILE", default_value = "fleet-report.html")]
    pub out: PathBuf,
    /// Read the project at a Git revision instead of the working tree
    #[arg(long, value_name = "REV")]
    pub rev: Option<String>,
}

#[derive(Args)]
pub(super) struct Provision {
    /// Print the configuration of this cluster [default: write those of all clusters to `provision/`]
    pub cluster: Option<String>,
    /// The tool to generate for
    #[arg(short, long, value_enum, default_value = "eksctl")]
    pub output: ProvisionFormat,
}

#[derive(Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(super) enum ProvisionFormat {
    /// An eksctl ClusterConfig
    Eksctl,
    /// Terraform (.tf.json) for terraform-aws-modules/eks, with the roles
    Terraform,
    /// Terraform (.tf.json) of the roles alone, for clusters that another tool makes
    TerraformRoles,
    /// Objects of Cluster API's AWS provider
    Capi,
    /// JSON with everything that is known, for other tools
    Json,
    /// A `flux bootstrap` command line
    FluxBootstrap,
    /// A FluxInstance for the Flux Operator
    FluxInstance,
}

#[derive(Args)]
pub(super) struct Vendor {
    /// Update the lock to what the revisions (branches, tags) mean now
    #[arg(long)]
    pub update: bool,
}

#[derive(Args)]
pub(super) struct Explain {
    /// A code such as `E0211`, a keyword such as `override`, a function, or an add-on or function of the standard library
    /// such as `std.addons.velero`; without one, all codes are listed
    #[arg(conflicts_with = "out")]
    pub code: Option<String>,
    /// Write all pages to this directory, in Markdown
    #[arg(long, value_name = "DIR")]
    pub out: Option<PathBuf>,
}

impl Arguments {
    /// The format of diagnostics.
    /// Whether every diagnostic is asked for.
    pub(super) const fn shows_all(&self) -> bool {
        match &self.command {
            Command::Build(it) => it.all,
            Command::Check(it) => it.all,
            _ => false,
        }
    }

    pub(super) fn message_format(&self) -> MessageFormat {
        match &self.command {
            Command::Build(it) => it.message_format,
            Command::Check(it) => it.message_format,
            _ => MessageFormat::Human,
        }
    }

    /// Number of threads; 0 is one per core.
    pub(super) fn jobs(&self) -> usize {
        match &self.command {
            Command::Build(it) => it.jobs.unwrap_or(0),
            _ => 0,
        }
    }
}

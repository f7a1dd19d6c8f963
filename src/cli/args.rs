//! What may be written on the command line.

use std::path::PathBuf;

use clap::{Args, Parser, Subcommand, ValueEnum};

/// Compiles a typed description of a fleet of Kubernetes clusters to the tree that Flux reads.
#[derive(Parser)]
#[command(name = "fleetc", version, propagate_version = true, disable_help_subcommand = true)]
pub(super) struct Arguments {
    #[command(subcommand)]
    pub command: Command,
    /// The project's directory, or one inside it
    #[arg(short = 'C', long = "directory", value_name = "DIR", default_value = ".", global = true)]
    pub directory: PathBuf,
    /// When to color the output
    #[arg(long, value_enum, value_name = "WHEN", default_value = "auto", global = true)]
    pub color: Color,
    /// Say nothing but errors
    #[arg(short, long, global = true)]
    pub quiet: bool,
}

#[derive(Clone, Copy, ValueEnum)]
pub(super) enum Color {
    Auto,
    Always,
    Never,
}

#[derive(Subcommand)]
pub(super) enum Command {
    /// Make a new project that builds at once
    Init(Init),
    /// Compile the project and write its tree
    Build(Build),
    /// Look for mistakes, and write nothing
    Check(Check),
    /// Format source files
    Fmt(Fmt),
    /// Print the objects that a cluster ends up with
    Render(Render),
    /// Show which layer set a value, which layers it overrides, and why
    Why(Why),
    /// Say how two clusters differ, and who made it so
    Compare(Compare),
    /// Say what a change of the sources changes on which cluster
    Diff(Diff),
    /// Move an add-on's version up one ring, in the sources
    Promote(Promote),
    /// Print tables
    List(List),
    /// Draw what depends on what
    Graph(Graph),
    /// Write a page about the fleet, for a browser
    Report(Report),
    /// Print or write what creates the clusters themselves
    Provision(Provision),
    /// Fetch packages from Git into `vendor/`, and lock them
    Vendor(Vendor),
    /// Print the long text of a diagnostic
    Explain(Explain),
    /// Serve an editor: the language server protocol on standard input and output
    Lsp,
}

#[derive(Args)]
pub(super) struct Fmt {
    /// Files and directories; `-` reads standard input and writes standard output. All sources
    /// of the project, if none is named
    #[arg(value_name = "FILES")]
    pub files: Vec<PathBuf>,
    /// Write nothing, and name the files that would change
    #[arg(long)]
    pub check: bool,
    /// Write nothing, and show what would change
    #[arg(long)]
    pub diff: bool,
}

#[derive(Args)]
pub(super) struct Init {
    /// Where to make it
    #[arg(default_value = ".")]
    pub dir: PathBuf,
    /// What to begin with
    #[arg(long, value_enum, default_value = "minimal")]
    pub from: Template,
}

#[derive(Clone, Copy, ValueEnum)]
pub(super) enum Template {
    /// One cluster, one add-on
    Minimal,
    /// A realistic fleet on Amazon EKS
    Eks,
}

/// The format of diagnostics.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
pub(super) enum MessageFormat {
    /// To a person, on standard error
    #[default]
    Human,
    /// An object a line
    Json,
    /// Annotations of GitHub Actions
    Github,
    /// GitLab's Code Quality report
    Gitlab,
    /// For code scanning
    Sarif,
    Junit,
}

#[derive(Args)]
pub(super) struct Check {
    /// Also write diagnostics for programs to standard output
    #[arg(long, value_enum, value_name = "FORMAT", default_value = "human")]
    pub message_format: MessageFormat,
    /// Warn of overrides whose `until` is before this day
    #[arg(long, value_name = "YYYY-MM-DD", value_parser = day)]
    pub today: Option<String>,
}

/// A day, `2026-12-31`.
fn day(text: &str) -> Result<String, String> {
    if crate::fleet::is_date(text) { Ok(text.to_owned()) } else { Err("expected a day such as 2026-12-31".into()) }
}

#[derive(Clone, Args)]
pub(super) struct Build {
    /// Also write diagnostics for programs to standard output
    #[arg(long, value_enum, value_name = "FORMAT", default_value = "human", conflicts_with = "watch")]
    pub message_format: MessageFormat,
    /// Warn of overrides whose `until` is before this day
    #[arg(long, value_name = "YYYY-MM-DD", value_parser = day)]
    pub today: Option<String>,
    /// Write nothing; exit with 1 and a list if the tree differs
    #[arg(long)]
    pub check: bool,
    /// Stay, and build again whenever something changes
    #[arg(long, conflicts_with = "check")]
    pub watch: bool,
    /// Take over files in the way that fleetc did not write
    #[arg(long)]
    pub adopt: bool,
    /// Allow a cluster, or one of its Kustomizations, to be uninstalled
    #[arg(long, value_name = "CLUSTER[/KUSTOMIZATION]")]
    pub remove: Vec<String>,
    /// Write the tree below another directory
    #[arg(long, value_name = "DIR")]
    pub out: Option<PathBuf>,
    /// Threads [default: one for each core]
    #[arg(short, long, value_name = "N")]
    pub jobs: Option<usize>,
}

#[derive(Args)]
pub(super) struct Render {
    /// The cluster's name
    pub cluster: String,
    /// Only these: `NAME`, `KIND/NAME` or `KIND/NAMESPACE/NAME`
    pub object: Option<String>,
    /// How to print them
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
    /// A cluster; or, alone, a line of a generated file: `clusters/one/addons.yaml:12`
    #[arg(value_name = "CLUSTER|FILE:LINE")]
    pub place: String,
    /// `[KIND/[NAMESPACE/]]NAME[.PATH]`: an object or an item, or a part of it
    pub what: Option<String>,
    /// At a Git revision, not as the files are now
    #[arg(long, value_name = "REV")]
    pub rev: Option<String>,
    /// How to print it
    #[arg(short, long, value_enum, default_value = "text")]
    pub output: Output,
}

#[derive(Args)]
pub(super) struct Compare {
    /// A cluster
    pub first: String,
    /// Another one
    pub second: String,
    /// Only these: `NAME`, `KIND/NAME` or `KIND/NAMESPACE/NAME`
    pub object: Option<String>,
    /// At a Git revision, not as the files are now
    #[arg(long, value_name = "REV")]
    pub rev: Option<String>,
    /// How to print it
    #[arg(short, long, value_enum, default_value = "text")]
    pub output: Output,
}

#[derive(Args)]
pub(super) struct Diff {
    /// `REV` and the files as they are, `REV..REV`, or `REV...REV` from where they parted
    /// [default: HEAD]
    #[arg(value_name = "REV[..REV]")]
    pub revisions: Option<String>,
    /// How to print it
    #[arg(short, long, value_enum, default_value = "text")]
    pub output: DiffOutput,
    /// Exit with 1 on: `any` change, `danger`, one of the dangers (`uninstall`, `major`, …), or a
    /// change of a cluster for which an expression holds
    #[arg(long, value_name = "GATE")]
    pub fail_on: Vec<String>,
    /// Exit with 1 if objects change in more than so many rings
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
    /// The generated tree line by line, for `git apply`
    Patch,
}

#[derive(Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(super) enum Output {
    Text,
    Json,
}

#[derive(Args)]
pub(super) struct Promote {
    /// `ADDON` or `CATALOGUE.ADDON`
    pub addon: String,
    /// The ring whose version the next one gets [default: the first that is ahead]
    #[arg(long, value_name = "RING")]
    pub from: Option<String>,
    /// Print what would change, and write nothing
    #[arg(long)]
    pub dry_run: bool,
}

#[derive(Args)]
pub(super) struct List {
    /// What to list
    #[arg(value_enum)]
    pub what: Listed,
    /// Only where this holds: an expression over `cluster` and, where add-ons are listed, `addon`
    #[arg(long = "where", value_name = "EXPR")]
    pub filter: Option<String>,
    /// At a Git revision, not as the files are now
    #[arg(long, value_name = "REV")]
    pub rev: Option<String>,
    /// How to print it
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
    Catalogues,
    /// Rules, and on how many clusters they hold
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
    /// How to draw it
    #[arg(short, long, value_enum, default_value = "svg")]
    pub output: GraphOutput,
    /// At a Git revision, not as the files are now
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
    /// The page; `-` prints it
    #[arg(long, value_name = "FILE", default_value = "fleet-report.html")]
    pub out: PathBuf,
    /// At a Git revision, not as the files are now
    #[arg(long, value_name = "REV")]
    pub rev: Option<String>,
}

#[derive(Args)]
pub(super) struct Provision {
    /// Print this cluster's; without it, those of all clusters are written below `provision/`
    pub cluster: Option<String>,
    /// For which tool
    #[arg(short, long, value_enum, default_value = "eksctl")]
    pub output: ProvisionFormat,
}

#[derive(Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(super) enum ProvisionFormat {
    /// An eksctl ClusterConfig
    Eksctl,
    /// .tf.json for terraform-aws-modules/eks, and the roles
    Terraform,
    /// Objects of Cluster API's AWS provider
    Capi,
    /// Everything that is known, for other tools
    Json,
    /// A `flux bootstrap` command line
    FluxBootstrap,
    /// A FluxInstance for the Flux Operator
    FluxInstance,
}

#[derive(Args)]
pub(super) struct Vendor {
    /// Take revisions that moved since they were locked, as branches do
    #[arg(long)]
    pub update: bool,
}

#[derive(Args)]
pub(super) struct Explain {
    /// A code such as `E0211`, a keyword such as `override`, a function; without one, all codes are listed
    pub code: Option<String>,
}

impl Arguments {
    /// The format of diagnostics.
    pub(super) fn message_format(&self) -> MessageFormat {
        match &self.command {
            Command::Build(it) => it.message_format,
            Command::Check(it) => it.message_format,
            _ => MessageFormat::Human,
        }
    }

    /// Threads to use; 0 is one for each core.
    pub(super) fn jobs(&self) -> usize {
        match &self.command {
            Command::Build(it) => it.jobs.unwrap_or(0),
            _ => 0,
        }
    }
}

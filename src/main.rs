//! Arguments in, exit code out.

fn main() -> std::process::ExitCode {
    fleetc::cli::main()
}

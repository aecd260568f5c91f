//! The program `grassroots`: everything is in the library.

fn main() -> std::process::ExitCode {
    grassroots::cli::main()
}

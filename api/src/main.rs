//! The program `grassroots`. All code is in the library.

fn main() -> std::process::ExitCode {
    grassroots::cli::main()
}

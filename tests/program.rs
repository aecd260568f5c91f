//! The program `grassroots`, where the test binary finds it: a server starts it to look at photos.

fn main() -> std::process::ExitCode {
    grassroots::cli::main()
}

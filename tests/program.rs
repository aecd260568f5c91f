//! The program `grassroots`, built for the tests. A server starts it to examine photos.

fn main() -> std::process::ExitCode {
    grassroots::cli::main()
}

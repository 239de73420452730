//! The Rust ends of the bench. Every program prints one line of JSON when it is ready and one per result.

mod args;
mod node;
mod ping;
mod thr;

use args::Args;

const USAGE: &str = "usage: zenode-bench-rust thr pub|sub | ping | pong | router  [--flag value]...";

pub fn fail(message: impl std::fmt::Display) -> ! {
    eprintln!("{message}");
    std::process::exit(1)
}

fn main() {
    let mut words = std::env::args().skip(1).peekable();
    let mut name = words.next().unwrap_or_default();
    if let Some(role) = words.next_if(|word| !word.starts_with("--")) {
        name = format!("{name} {role}");
    }
    let args = Args::parse(words);
    if args.has("stdin") {
        node::end_with_stdin();
    }
    match name.as_str() {
        "thr pub" => thr::publish(&args),
        "thr sub" => thr::subscribe(&args),
        "ping" => ping::ping(&args),
        "pong" => ping::pong(&args),
        "router" => node::router(&args),
        _ => fail(USAGE),
    }
}

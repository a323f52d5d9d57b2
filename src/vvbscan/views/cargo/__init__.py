"""Packages of Rust: what `Cargo.toml` asks for and what `Cargo.lock` holds."""

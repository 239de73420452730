//! `--name value` and `--name`, nothing else.

use std::{collections::HashMap, fmt::Display, str::FromStr};

pub struct Args(HashMap<String, Vec<String>>);

impl Args {
    pub fn parse(words: impl Iterator<Item = String>) -> Self {
        let mut map: HashMap<String, Vec<String>> = HashMap::new();
        let mut words = words.peekable();
        while let Some(word) = words.next() {
            let Some(name) = word.strip_prefix("--") else {
                crate::fail(format!("unexpected argument {word:?}"));
            };
            let values = map.entry(name.to_owned()).or_default();
            if let Some(value) = words.next_if(|next| !next.starts_with("--")) {
                values.push(value);
            }
        }
        Args(map)
    }

    /// Refuses what the program does not know, so that a mistyped flag cannot change a measurement unseen.
    pub fn allow(&self, names: &[&str]) {
        const COMMON: &[&str] = &["mode", "connect", "listen", "key", "stdin"];
        for name in self.0.keys() {
            if !names.contains(&name.as_str()) && !COMMON.contains(&name.as_str()) {
                crate::fail(format!("unknown flag --{name}"));
            }
        }
    }

    pub fn has(&self, name: &str) -> bool {
        self.0.contains_key(name)
    }

    pub fn all(&self, name: &str) -> &[String] {
        self.0.get(name).map_or(&[], Vec::as_slice)
    }

    pub fn text<'a>(&'a self, name: &str, default: &'a str) -> &'a str {
        self.all(name).last().map_or(default, String::as_str)
    }

    pub fn get<T: FromStr>(&self, name: &str) -> Option<T>
    where
        T::Err: Display,
    {
        let text = self.all(name).last()?;
        match text.parse() {
            Ok(value) => Some(value),
            Err(e) => crate::fail(format!("--{name} {text}: {e}")),
        }
    }
}

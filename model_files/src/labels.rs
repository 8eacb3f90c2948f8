//! The classes' names in files beside a model, as Teachable Machine gives them out: `labels.txt` with a number and a name in
//! each line, and `metadata.json`.

use serde_json::Value;

use crate::registry::NamedBytes;

/// The names, if there is such a file.
pub fn beside(files: &[NamedBytes]) -> Option<Vec<String>> {
    files.iter().find_map(|file| match file.base_name() {
        "labels.txt" => of_lines(std::str::from_utf8(&file.bytes).ok()?),
        "metadata.json" => of_json(&serde_json::from_slice(&file.bytes).ok()?),
        _ => None,
    })
}

fn of_lines(text: &str) -> Option<Vec<String>> {
    let lines = text.trim_start_matches('\u{feff}').lines().map(str::trim).filter(|line| !line.is_empty());
    let names: Vec<String> = lines
        .enumerate()
        .map(|(at, line)| match line.split_once(' ') {
            Some((number, name)) if number == at.to_string() => name.trim().to_owned(),
            _ => line.to_owned(),
        })
        .collect();
    (!names.is_empty()).then_some(names)
}

fn of_json(metadata: &Value) -> Option<Vec<String>> {
    metadata.get("labels")?.as_array()?.iter().map(|label| label.as_str().map(str::to_owned)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn labels_are_read_with_their_numbers_and_without() {
        let names = |name: &str, text: &str| {
            beside(&[NamedBytes { name: name.to_owned(), bytes: text.as_bytes().to_vec() }])
        };
        let two = Some(vec!["a cat".to_owned(), "개".to_owned()]);
        assert_eq!(names("x/labels.txt", "0 a cat\r\n1 개\n"), two);
        assert_eq!(names("labels.txt", "\u{feff}a cat\n개"), two);
        assert_eq!(names("metadata.json", r#"{ "labels": ["a cat", "개"] }"#), two);
        assert_eq!(names("metadata.json", r#"{ "labels": [1] }"#), None);
        assert_eq!(names("labels.txt", "\n"), None);
        assert_eq!(names("other.txt", "0 a"), None);
    }
}

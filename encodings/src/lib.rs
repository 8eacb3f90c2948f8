//! Which encoding a text is in that is not UTF-8, by the detector that Firefox has.
//!
//! A WebAssembly of its own, since it weighs 160 kB with its tables, and hardly any folder has such a text.

use chardetng::{EncodingDetector, Iso2022JpDetection, Utf8Detection};
#[cfg(target_arch = "wasm32")]
use wasm_bindgen::prelude::wasm_bindgen;

/// The encoding of a text, as `TextDecoder` calls it; `country` is a top-level domain where its language is spoken.
#[cfg_attr(target_arch = "wasm32", wasm_bindgen)]
pub fn guess(text: &[u8], country: Option<String>) -> String {
    // Anything else would make the detector panic.
    let country =
        country.filter(|name| !name.is_empty() && name.bytes().all(|letter| letter.is_ascii_lowercase()));
    let mut detector = EncodingDetector::new(Iso2022JpDetection::Deny);
    detector.feed(text, true);
    detector.guess(country.as_deref().map(str::as_bytes), Utf8Detection::Deny).name().to_owned()
}

#[cfg(test)]
mod tests {
    use super::guess;

    #[test]
    fn short_texts_are_told() {
        let texts: [(&[u8], &str); 7] = [
            (b"Bl\xFCte 1.jpg;L\xF6wenzahn\r\nBl\xFCte 2.jpg;G\xE4nsebl\xFCmchen", "windows-1252"),
            (b"1.jpg;Se\xF1orita, peque\xF1\xF3 caf\xE9", "windows-1252"),
            (b"pets/\xB0\xED\xBE\xE7\xC0\xCC/0.jpg", "EUC-KR"),
            (b"\x83y\x83b\x83g/\x94L/1.jpg", "Shift_JIS"),
            (b"\xD5\xD5\xC6\xAC/\xC3\xA8/1.jpg\n\xD5\xD5\xC6\xAC/\xB9\xB7/1.jpg", "GBK"),
            (b"\xB7\xD3\xA4\xF9/\xBF\xDF/1.jpg", "Big5"),
            (b"\xEA\xEE\xF8\xEA\xE0/1.jpg\n\xF1\xEE\xE1\xE0\xEA\xE0/1.jpg", "windows-1251"),
        ];
        for (text, encoding) in texts {
            assert_eq!(guess(text, None), encoding, "{}", text.escape_ascii());
        }
    }

    #[test]
    fn a_country_is_a_hint_and_no_trap() {
        let japanese = b"\x94L/1.jpg\n\x8C\xA2/1.jpg";
        assert_eq!(guess(japanese, Some("jp".to_owned())), "Shift_JIS");
        for country in ["", "JP", "한국", "x-y", "a.b", "\u{1F600}"] {
            assert_eq!(guess(japanese, Some(country.to_owned())), guess(japanese, None), "{country}");
        }
        assert_eq!(guess(b"", None), "windows-1252");
    }
}

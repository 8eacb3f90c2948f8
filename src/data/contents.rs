/// What is known of a folder's files besides their paths; files are meant by the number of their path.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Contents {
    /// The texts of tables.
    pub tables: Vec<(usize, String)>,
    /// Files that are not read, and why.
    pub refused: Vec<(usize, String)>,
    /// Files whose names say nothing of it, and which are photos.
    pub photos: Vec<usize>,
    /// The bytes of each file; empty where they are not known.
    pub sizes: Vec<u64>,
}

/// Why a folder gives no dataset.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
pub enum DataError {
    /// An argument that is out of its range.
    #[error("{argument} {reason}")]
    Argument {
        /// The argument's name, as the caller writes it.
        argument: &'static str,
        /// What it may be and what it is.
        reason: String,
    },
    /// What was found in a folder did not come over whole.
    #[error("what the folder means could not be handed on ({0}): read it again")]
    NoLayout(String),
    /// No paths at all.
    #[error("the folder is empty: choose one that has a subfolder of photos for each class")]
    NoFiles,
    /// Files, but no photos.
    #[error("none of the {files} files is a photo: JPEG, PNG, GIF, BMP and WebP are read{reasons}")]
    NoPhotos {
        /// How many files there are.
        files: usize,
        /// The first few rejections.
        reasons: String,
    },
    /// Photos, but no class folders.
    #[error(
        "the photos are not sorted into classes: put those of each class into a subfolder of its own, \
         such as cats/1.jpg and dogs/1.jpg, start their names with the class, such as cat.1.jpg, or add a \
         table of file names and labels{reasons}"
    )]
    NoClassFolders {
        /// The first few rejections.
        reasons: String,
    },
    /// One class only.
    #[error(
        "there is only one class, \"{class}\": a classifier needs at least two subfolders, one a \
         class{reasons}"
    )]
    OneClass {
        /// The class that was found.
        class: String,
        /// The first few rejections.
        reasons: String,
    },
    /// Names are to tell the classes, and do not.
    #[error(
        "the file names do not start with the names of at least two classes, such as cat.1.jpg and dog.1.jpg"
    )]
    NoNames,
    /// A table is to tell the classes, and does not.
    #[error("there is no table (.csv) of file names and labels with at least two classes{reasons}")]
    NoTable {
        /// The first few rejections.
        reasons: String,
    },
    /// A table that is asked for and not there.
    #[error("there is no table \"{table}\" that names the photos; the tables are: {tables}")]
    UnknownTable {
        /// What was asked for.
        table: String,
        /// Those that there are.
        tables: String,
    },
    /// A column that is asked for and not there.
    #[error("there is no column \"{column}\" that could hold labels; the columns are: {columns}")]
    UnknownColumn {
        /// What was asked for.
        column: String,
        /// Those that there are.
        columns: String,
    },
    /// A table that says several things of the photos.
    #[error(
        "{table} names the photos, but it is not clear which of its columns holds the classes: choose one \
         ({columns})"
    )]
    UnclearColumn {
        /// The table.
        table: String,
        /// The columns that may hold them.
        columns: String,
    },
    /// A validation or a test folder without a train folder.
    #[error(
        "there is a {found} folder but no train folder beside it: name the training photos' folder \"train\""
    )]
    NoTrainFolder {
        /// The name of the split that was found first.
        found: &'static str,
    },
    /// Fewer than two classes have a photo that could be read.
    #[error(
        "fewer than two classes have photos that could be read ({left}); a classifier needs at least \
         two{reasons}"
    )]
    TooFewClasses {
        /// The class that is left, or `none`.
        left: String,
        /// The first few rejections.
        reasons: String,
    },
    /// The shares leave a class nothing to train with.
    #[error(
        "class \"{class}\" has {photos} photos, and {validation} for validation and {test} for test \
         leave none to train with: add photos, or lower validation or test"
    )]
    NothingToTrain {
        /// The class.
        class: String,
        /// How many readable photos of it there are to share out.
        photos: usize,
        /// How many validation asks for.
        validation: usize,
        /// How many test asks for.
        test: usize,
    },
    /// A class has fewer photos than asked for.
    #[error(
        "class \"{class}\" has {photos} photos, fewer than {train} to train with, {validation} for validation \
         and {test} for test: add photos, or lower these numbers"
    )]
    TooFewPhotos {
        /// The class.
        class: String,
        /// How many readable photos of it there are to share out.
        photos: usize,
        /// How many training asks for.
        train: usize,
        /// How many validation asks for.
        validation: usize,
        /// How many test asks for.
        test: usize,
    },
    /// A class of a given tree has no photo to train with.
    #[error(
        "class \"{class}\" has no photo to train with: no photo that could be read is in its training split"
    )]
    NoTrainingPhoto {
        /// The class.
        class: String,
    },
    /// The decoded photos do not fit into memory.
    #[error(
        "{photos} photos of {height} x {width} pixels need {megabytes} MB, more than there is: choose a \
         smaller imageSize or fewer photos"
    )]
    Memory {
        /// How many photos.
        photos: usize,
        /// Their height after resizing.
        height: usize,
        /// Their width after resizing.
        width: usize,
        /// What they take, in units of 1,000,000 bytes.
        megabytes: u64,
    },
    /// The store of decoded photos fails.
    #[error("the store of decoded photos cannot be used: {0}; import the photos again")]
    Store(String),
    /// Features that were not computed.
    #[error("what the network's frozen layers make of a photo is not known")]
    NoFeatures,
    /// The digits' file is not what it should be.
    #[error("the file of digits cannot be used: {0}")]
    Digits(String),
    /// A class that does not exist.
    #[error("there is no class \"{0}\" in this dataset")]
    UnknownClass(String),
    /// A name that a class cannot have.
    #[error(
        "\"{name}\" cannot be the class's name: it needs one that no other class has; merge classes to make them one"
    )]
    ClassName {
        /// The name.
        name: String,
    },
    /// A change that leaves no two classes.
    #[error("at least two classes must stay")]
    OneClassLeft,
    /// A class without a photo, where photos come one by one.
    #[error("class \"{class}\" has no photo to train with yet: add photos to it, or leave the class out")]
    EmptyClass {
        /// The class.
        class: String,
    },
    /// Fewer than two classes, where they are named one by one.
    #[error("there are fewer than two classes: add another one")]
    OneClassYet,
    /// A photo that is in no split.
    #[error("there is no photo \"{0}\" in this dataset")]
    UnknownPhoto(String),
    /// Photos that cannot be added to.
    #[error("photos can be added to a dataset of coloured photos only")]
    Coloured,
    /// Nothing to undo or redo.
    #[error("there is nothing to {0}")]
    NoHistory(&'static str),
    /// A split that does not exist.
    #[error("there is no split \"{0}\"; choose train, validation or test")]
    UnknownSplit(String),
}

/// Why one photo cannot be read; it reads on from the photo's path.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum DecodeError {
    /// No bytes.
    #[error("the file is empty (0 bytes): if it is still in a cloud, download it first")]
    Empty,
    /// Not one of the formats, whatever its name ends in.
    #[error("not a JPEG, PNG, GIF, BMP or WebP image")]
    NotAnImage,
    /// The decoder stopped.
    #[error("the file ends too early or is damaged: {0}")]
    Damaged(String),
    /// A variant of its format that is not read.
    #[error("this kind of {format} is not read, save it again as a plain JPEG or PNG: {detail}")]
    Unsupported {
        /// The format.
        format: &'static str,
        /// What the decoder says.
        detail: String,
    },
    /// More pixels or more memory than a photo may take.
    #[error("it has more than 16,384 pixels a side, or takes more than 512 MB decoded: save a smaller copy")]
    TooLarge,
    /// Its pixels found no room.
    #[error("{0}")]
    NotKept(String),
    /// Bytes for a path that the folder's layout does not count as a photo.
    #[error("file {0} of the folder is not one of its photos")]
    NotWanted(usize),
}

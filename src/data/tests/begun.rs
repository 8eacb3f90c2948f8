#[cfg(target_arch = "wasm32")]
use wasm_bindgen_test::wasm_bindgen_test as test;

use crate::data::{
    DataError, Dataset, Edit, ImageSize, ImportOptions, Importer, Key, Photos, Split, SplitBy,
};

fn options() -> ImportOptions {
    ImportOptions { image_size: ImageSize::square(1).unwrap(), ..ImportOptions::default() }
}

fn begun(classes: &[&str], options: ImportOptions) -> Result<Dataset, DataError> {
    let classes = classes.iter().map(|class| (*class).to_owned()).collect();
    Importer::of_classes(classes, options)?.finish()
}

/// So many photos more, each of its number's grey.
fn with(dataset: &Dataset, photos: usize, class: &str, split: Option<Split>) -> Dataset {
    let (mut room, _) = dataset.room(photos).unwrap();
    let first = dataset.photos().paths.len();
    let numbers: Vec<usize> = (first..first + photos).collect();
    let slots =
        numbers.iter().map(|number| room.push(Key::default(), &[*number as u8; 3], 0).unwrap()).collect();
    let paths = numbers.iter().map(|number| format!("{number}.jpg")).collect();
    let photos = Photos { paths, pixels: room.into_pixels(slots) };
    dataset.with_added(photos, class.into(), split).unwrap()
}

/// Photos of a class that train, validate and test, and those in no split.
fn counts(dataset: &Dataset, class: usize) -> [usize; 4] {
    let summary = dataset.summary();
    let counts = summary.counts;
    [counts.train[class], counts.validation[class], counts.test[class], summary.unused[class]]
}

#[test]
fn classes_come_first_and_photos_are_shared_out_as_they_come() {
    let mut dataset = begun(&["cat", "dog"], options()).unwrap();
    assert_eq!((dataset.classes.len(), counts(&dataset, 1)), (2, [0; 4]));
    assert_eq!(dataset.roster().check(), Err(DataError::EmptyClass { class: "cat".into() }));
    // One by one: none moves once it is placed.
    let mut before = Vec::new();
    for (photos, wanted) in [[1, 0, 0, 0], [2, 0, 0, 0], [2, 0, 1, 0], [2, 1, 1, 0]].into_iter().enumerate() {
        dataset = with(&dataset, 1, "cat", None);
        assert_eq!(counts(&dataset, 0), wanted);
        let places = &dataset.roster().places;
        assert_eq!(places[..photos], before);
        before.clone_from(places);
    }
    // And many at once.
    dataset = with(&dataset, 20, "dog", None);
    assert_eq!(counts(&dataset, 1), [10, 5, 5, 0]);
    dataset.roster().check().unwrap();
    let drawn: Vec<_> = dataset.roster().places[4..].iter().map(|place| place.split).collect();
    assert!(!drawn[..10].iter().all(|split| *split == Some(Split::Train)), "drawn, not the first ones");
    dataset = with(&dataset, 20, "dog", None);
    assert_eq!(counts(&dataset, 1), [20, 10, 10, 0]);
    dataset = with(&dataset, 3, "dog", Some(Split::Test));
    assert_eq!(counts(&dataset, 1), [20, 10, 13, 0]);
    for split in Split::ALL {
        let data = dataset.split(split);
        (0..data.len()).for_each(|at| assert_eq!(format!("{}.jpg", data.pixels_of(at)[0]), data.paths[at]));
    }
}

#[test]
fn numbers_and_names_tell_how_they_are_shared_out() {
    let numbers =
        ImportOptions { train: Some(4.0), validation: 2.0, test: 1.0, split_by: SplitBy::Name, ..options() };
    let dataset = begun(&["cat"], numbers).unwrap();
    let dataset = with(&dataset, 3, "cat", None);
    assert_eq!(counts(&dataset, 0), [3, 0, 0, 0]);
    let dataset = with(&dataset, 9, "cat", None);
    assert_eq!(counts(&dataset, 0), [4, 2, 1, 5]);
    let places: Vec<_> = dataset.roster().places[..6].iter().map(|place| place.split).collect();
    assert_eq!(places[3..], [Some(Split::Train), Some(Split::Validation), Some(Split::Validation)]);
    // What is shared out anew is what later photos go by.
    let halves = ImportOptions { validation: 0.5, test: 0.0, ..options() };
    let dataset = dataset.edited(Edit::Split(halves.shares())).unwrap();
    assert_eq!(counts(&with(&dataset, 8, "cat", None), 0), [10, 10, 0, 0]);
    let greedy = ImportOptions { validation: 100.0, test: 1e300, ..options() };
    assert_eq!(counts(&with(&begun(&["cat"], greedy).unwrap(), 5, "cat", None), 0), [1, 0, 4, 0]);
}

#[test]
fn empty_classes_stay_until_they_are_taken_out() {
    let dataset = with(&begun(&["cat", "dog"], options()).unwrap(), 2, "dog", None);
    let dataset = dataset.edited(Edit::Create("<b>새".into())).unwrap();
    assert_eq!(dataset.classes, ["cat", "dog", "<b>새"]);
    let taken = dataset.edited(Edit::Create("dog".into())).unwrap_err();
    assert_eq!(taken, DataError::ClassName { name: "dog".into() });
    let dropped = dataset.edited(Edit::Drop("cat".into())).unwrap();
    assert_eq!(
        (&dropped.classes[..], &dropped.train.labels[..]),
        (&["dog".into(), "<b>새".into()][..], &[0, 0][..])
    );
    let merged = dataset.edited(Edit::Merge(vec!["dog".into(), "cat".into()], "pet".into())).unwrap();
    assert_eq!(
        (&merged.classes[..], counts(&merged, 0)),
        (&["pet".into(), "<b>새".into()][..], [2, 0, 0, 0])
    );
    let emptied = dataset.edited(Edit::Remove(vec![0, 1])).unwrap();
    assert_eq!((emptied.classes.len(), emptied.train.len()), (3, 0));
    assert_eq!(emptied.undone().unwrap().train, dataset.train);
    let none = dropped.edited(Edit::Drop("dog".into())).unwrap().edited(Edit::Drop("<b>새".into())).unwrap();
    assert_eq!((none.classes.len(), none.roster().check()), (0, Err(DataError::OneClassYet)));
    let kept = with(&none, 1, "new", None).edited(Edit::Split(options().shares())).unwrap();
    assert_eq!(counts(&kept, 0), [1, 0, 0, 0]);
}

#[test]
fn names_and_options_are_checked() {
    for classes in [&["a", ""][..], &["a", "b", "a"][..]] {
        assert!(matches!(begun(classes, options()), Err(DataError::ClassName { .. })), "{classes:?}");
    }
    let shares = ImportOptions { validation: 0.5, test: 0.5, ..options() };
    assert!(begun(&["a", "b"], shares).is_err());
}

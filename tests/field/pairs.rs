//! The compiled models of the reference data whose sources are at hand.

use respect::graph::OpId;
use respect::tflite::support::Placement;
use respect::tflite::{Model, read, shapes};

use super::shared;

/// A compiled model and its source.
pub struct Source<'s> {
    headers: &'s csv::StringRecord,
    row: &'s csv::StringRecord,
    /// The name of the source's file.
    pub name: &'s str,
    /// The source.
    pub model: &'s Model<'s>,
    /// The operators that a device takes, as far as the source tells.
    pub on_device: &'s [OpId],
}

impl Source<'_> {
    /// A figure of the compiled file.
    pub fn figure(&self, name: &str) -> u64 {
        field(self.headers, self.row, name).parse().unwrap()
    }
}

fn field<'r>(headers: &csv::StringRecord, row: &'r csv::StringRecord, name: &str) -> &'r str {
    &row[headers.iter().position(|header| header == name).unwrap()]
}

/// What `take` makes of each compiled model with a source.
pub fn pairs<T>(take: impl Fn(&Source) -> T) -> Vec<T> {
    let mut table = csv::Reader::from_path(shared("data/edgetpu/compiled_packages.csv")).unwrap();
    let headers = table.headers().unwrap().clone();
    let mut taken = Vec::new();
    for row in table.records() {
        let row = row.unwrap();
        let file = field(&headers, &row, "uncompiled_file");
        if file.is_empty() {
            continue;
        }
        let contents = std::fs::read(shared("models").parent().unwrap().join(file)).unwrap();
        let model = read(&contents).unwrap();
        let analysis = shapes::analyze(&model);
        let judge = Placement::new(&model, &analysis);
        let places = (0..).map(OpId).zip(judge.place(&judge.all()));
        let on_device: Vec<OpId> = places.filter(|(_, reason)| reason.is_none()).map(|(op, _)| op).collect();
        let name = file.rsplit('/').next().unwrap();
        taken.push(take(&Source {
            headers: &headers,
            row: &row,
            name,
            model: &model,
            on_device: &on_device,
        }));
    }
    taken
}

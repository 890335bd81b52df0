//! Recipes of random modules: each part is a seed of its own, so that a recipe from which parts are taken out makes a module
//! too.

use rand::{Rng, RngExt, SeedableRng};
use rand_chacha::ChaCha8Rng;

use super::toolbox;
use super::writer::{PASSED, Type, Writer};

/// The seed of an operation or a group of them, and how many it may hold in each of its regions.
#[derive(Clone, Copy, Debug)]
pub struct Statement {
    pub seed: u64,
    pub inner: u32,
}

/// The random choices behind a module with the function `model`.
#[derive(Clone, Debug)]
pub struct Recipe {
    /// The seed of the arguments' types.
    arguments: u64,
    pub statements: Vec<Statement>,
    /// Those of the function `helper`, which `model` may call.
    pub helper: Vec<Statement>,
    /// The seed of the choice of results.
    results: u64,
}

impl Recipe {
    /// A recipe of up to 24 statements.
    pub fn new(random: &mut ChaCha8Rng) -> Recipe {
        let mut statements = |least, most| {
            let count = random.random_range(least..=most);
            (0..count).map(|_| Statement { seed: random.next_u64(), inner: 3 }).collect()
        };
        let (statements, helper) = (statements(3, 24), statements(1, 5));
        Recipe { arguments: random.next_u64(), statements, helper, results: random.next_u64() }
    }

    /// Returns the module's text.
    pub fn module(&self) -> String {
        let mut random = ChaCha8Rng::seed_from_u64(self.arguments);
        let count = random.random_range(0..=4);
        let arguments: Vec<(String, Type)> = (0..count)
            .map(|place| (format!("%a{place}"), PASSED[random.random_range(0..PASSED.len())]))
            .collect();
        let mut writer = Writer::new(&arguments);
        self.statements.iter().for_each(|statement| writer.statement(statement.seed, statement.inner));
        writer.random = ChaCha8Rng::seed_from_u64(self.results);
        let results = writer.returned(4);
        let list = |parts: Vec<&str>| parts.join(", ");
        let taken: Vec<String> =
            arguments.iter().map(|(name, kind)| format!("{name}: {}", kind.text())).collect();
        let types = list(results.iter().map(|(_, kind)| kind.text()).collect());
        let values = list(results.iter().map(|(name, _)| &name[..]).collect());
        let (gives, end) = match results.is_empty() {
            true => (String::new(), "return".into()),
            false => (format!(" -> ({types})"), format!("return {values} : {types}")),
        };
        let head = format!("func.func @model({}){gives} {{\n", taken.join(", "));
        let mut functions = format!("{head}{}  {end}\n}}\n", writer.text);
        if functions.contains("@helper(") {
            functions = format!("{}{functions}", self.helper());
        }
        format!("{}{functions}", toolbox::definitions(&functions))
    }

    fn helper(&self) -> String {
        let mut writer = Writer::new(&[("%x".into(), Type::I32), ("%m".into(), Type::Memory)]);
        writer.is_helper = true;
        self.helper.iter().for_each(|statement| writer.statement(statement.seed, statement.inner));
        writer.random = ChaCha8Rng::seed_from_u64(self.results);
        let result = writer.any(Type::I32);
        let head = "func.func private @helper(%x: i32, %m: memref<4xi32>) -> i32";
        format!("{head} {{\n{}  return {result} : i32\n}}\n", writer.text)
    }
}

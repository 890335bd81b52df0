//! The writer of random function bodies: what has been made so far, and choices among it.

use std::fmt::Write;

use rand::RngExt;
use rand::SeedableRng;
use rand::seq::IndexedRandom;
use rand_chacha::ChaCha8Rng;

use super::kinds::{KINDS, Kind};

/// The types of values that bodies compute with.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Type {
    I1,
    I32,
    F32,
    /// Four numbers.
    Ints,
    /// Four numbers.
    Floats,
    /// One batch of four by four numbers, as TOSA multiplies them.
    Matrix,
    /// One image of five by five places with two channels.
    Image,
    /// Memory that outlives the function, or is never freed.
    Memory,
    /// Memory of the function's own frame: it must not be returned.
    Frame,
}

/// Types that functions take and return.
pub const PASSED: [Type; 7] =
    [Type::I32, Type::F32, Type::Ints, Type::Floats, Type::Matrix, Type::Image, Type::Memory];

impl Type {
    pub fn text(self) -> &'static str {
        match self {
            Type::I1 => "i1",
            Type::I32 => "i32",
            Type::F32 => "f32",
            Type::Ints => "tensor<4xi32>",
            Type::Floats => "tensor<4xf32>",
            Type::Matrix => "tensor<1x4x4xf32>",
            Type::Image => "tensor<1x5x5x2xf32>",
            Type::Memory | Type::Frame => "memref<4xi32>",
        }
    }

    /// An operation that makes a value of the type from nothing.
    fn source(self, number: i32) -> String {
        let float = f64::from(number) * 0.25;
        match self {
            Type::I1 => format!("arith.constant {}", number % 2 == 0),
            Type::I32 => format!("arith.constant {number} : i32"),
            Type::F32 => format!("arith.constant {float:?} : f32"),
            Type::Ints => format!("arith.constant dense<[{number}, 1, -2, 3]> : tensor<4xi32>"),
            Type::Floats => format!("arith.constant dense<[{float:?}, 0.5, -1.5, 2.0]> : tensor<4xf32>"),
            Type::Matrix | Type::Image => {
                let text = self.text();
                format!(r#""tosa.const"() <{{values = dense<{float:?}> : {text}}}> : () -> {text}"#)
            }
            Type::Memory | Type::Frame => format!("memref.get_global @g{} : memref<4xi32>", number & 1),
        }
    }
}

/// A body in the making.
pub struct Writer {
    pub random: ChaCha8Rng,
    pub text: String,
    /// Whether this is the body of the function that others call: it must not call itself.
    pub is_helper: bool,
    scope: Vec<(String, Type)>,
    next: u32,
    depth: usize,
    /// The most operations in a region.
    inner: u32,
}

impl Writer {
    /// A body that may use these values.
    pub fn new(arguments: &[(String, Type)]) -> Writer {
        let random = ChaCha8Rng::seed_from_u64(0);
        Writer {
            random,
            text: String::new(),
            is_helper: false,
            scope: arguments.to_vec(),
            next: 0,
            depth: 1,
            inner: 0,
        }
    }

    /// Writes a random operation of a random kind, with at most `inner` in each of its regions; the same seed makes the same
    /// choices.
    pub fn statement(&mut self, seed: u64, inner: u32) {
        self.inner = inner;
        self.random = ChaCha8Rng::seed_from_u64(seed);
        self.random_kind();
    }

    fn random_kind(&mut self) {
        let total: u32 = KINDS.iter().map(|kind| kind.weight).sum();
        let mut place = self.random.random_range(0..total);
        let chosen = KINDS.iter().find(|kind| {
            let is_here = place < kind.weight;
            place = place.saturating_sub(kind.weight);
            is_here
        });
        let Kind { write, nests, .. } = chosen.expect("a place below the total");
        if !nests || self.depth < 3 {
            write(self);
        }
    }

    /// Returns one of these, at random.
    pub fn one_of<T: Copy>(&mut self, choices: &[T]) -> T {
        *choices.choose(&mut self.random).expect("a choice")
    }

    /// Returns a random small number.
    pub fn number(&mut self) -> i32 {
        self.random.random_range(-9..10)
    }

    /// Returns whether a coin that shows heads `percent` of the time does.
    pub fn chance(&mut self, percent: u32) -> bool {
        self.random.random_ratio(percent, 100)
    }

    /// Returns a name that nothing has.
    pub fn name(&mut self) -> String {
        self.next += 1;
        format!("%v{}", self.next)
    }

    /// Returns a value of the type: mostly one that there is.
    pub fn any(&mut self, kind: Type) -> String {
        let fits = |of: Type| of == kind || (kind == Type::Memory && of == Type::Frame);
        let known: Vec<&(String, Type)> = self.scope.iter().filter(|(_, of)| fits(*of)).collect();
        match known.choose(&mut self.random) {
            Some((name, _)) if self.random.random_ratio(9, 10) => name.clone(),
            _ => {
                let number = self.number();
                self.make(kind, &kind.source(number))
            }
        }
    }

    /// Returns two values of the type.
    pub fn two(&mut self, kind: Type) -> [String; 2] {
        [self.any(kind), self.any(kind)]
    }

    /// Returns an index from 0 to 3.
    pub fn index(&mut self) -> String {
        if self.chance(60) {
            let place = self.random.random_range(0..4);
            return self.constant(&format!("{place} : index"));
        }
        let number = self.any(Type::I32);
        let mask = self.constant("3 : i32");
        let masked = self.hidden(&format!("arith.andi {number}, {mask} : i32"));
        self.hidden(&format!("arith.index_cast {masked} : i32 to index"))
    }

    /// Writes a constant that nothing else is to use.
    pub fn constant(&mut self, value: &str) -> String {
        self.hidden(&format!("arith.constant {value}"))
    }

    /// Writes an operation whose result nothing else is to use.
    pub fn hidden(&mut self, operation: &str) -> String {
        let name = self.name();
        self.act(&format!("{name} = {operation}"));
        name
    }

    /// Writes an operation with one result.
    pub fn make(&mut self, kind: Type, operation: &str) -> String {
        let name = self.hidden(operation);
        self.scope.push((name.clone(), kind));
        name
    }

    /// Adds a value to what can be used.
    pub fn add(&mut self, name: String, kind: Type) {
        self.scope.push((name, kind));
    }

    /// Writes an operation, now and then with a location that others have too.
    pub fn act(&mut self, operation: &str) {
        let place = match self.random.random_range(0..10) {
            number @ 0..3 => format!(" loc(\"place{number}\")"),
            _ => String::new(),
        };
        writeln!(self.text, "{}{operation}{place}", "  ".repeat(self.depth)).expect("memory");
    }

    /// Writes a line of an operation with regions.
    pub fn line(&mut self, line: &str) {
        writeln!(self.text, "{}{line}", "  ".repeat(self.depth)).expect("memory");
    }

    /// Writes a region's operations, which may use `arguments`, and lets `last` end it; what they make ends with it.
    pub fn inside(&mut self, arguments: &[(String, Type)], last: impl FnOnce(&mut Writer) -> String) {
        let outside = self.scope.len();
        self.scope.extend_from_slice(arguments);
        self.depth += 1;
        for _ in 0..self.random.random_range(0..=3).min(self.inner) {
            self.random_kind();
        }
        let end = last(self);
        self.line(&end);
        self.depth -= 1;
        self.scope.truncate(outside);
    }

    /// Returns the values that the body may return: any that there are, in any order, some of them twice.
    pub fn returned(&mut self, most: u32) -> Vec<(String, Type)> {
        let count = self.random.random_range(0..=most);
        let passed: Vec<&(String, Type)> =
            self.scope.iter().filter(|(_, kind)| PASSED.contains(kind)).collect();
        (0..count).filter_map(|_| passed.choose(&mut self.random).map(|&value| value.clone())).collect()
    }
}

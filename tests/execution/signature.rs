//! The types that a function under test takes and returns, and a caller for it.

use std::fmt::Write;

/// A type of a value that can be passed in and printed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Type {
    /// `tensor`, `memref` or, for a scalar, nothing.
    container: String,
    dims: Vec<usize>,
    element: String,
}

impl Type {
    /// Reads a type such as `i32`, `tensor<4x2xf32>` or `memref<4xi32>`.
    fn read(text: &str) -> Type {
        let (container, inner) = text.split_once('<').unwrap_or(("", text));
        let mut parts: Vec<&str> = inner.trim_end_matches('>').split('x').collect();
        let element = parts.pop().expect("an element type").to_string();
        let dims = parts.iter().map(|dim| dim.parse().expect("a static size")).collect();
        Type { container: container.into(), dims, element }
    }

    fn text(&self) -> String {
        if self.container.is_empty() {
            return self.element.clone();
        }
        let dims: String = self.dims.iter().map(|dim| format!("{dim}x")).collect();
        format!("{}<{dims}{}>", self.container, self.element)
    }

    fn is_float(&self) -> bool {
        self.element.starts_with('f')
    }

    /// The same values as a tensor, or as a scalar.
    fn by_value(&self) -> Type {
        let container = if self.container.is_empty() { "" } else { "tensor" };
        Type { container: container.into(), ..self.clone() }
    }
}

/// The types of the function `model` of a module.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Signature {
    arguments: Vec<Type>,
    results: Vec<Type>,
}

impl Signature {
    /// Reads the signature of `@model`, as `mlir-opt` prints it or as it is written in the tests.
    pub fn read(module: &str) -> Signature {
        let (_, after) = module.split_once("func.func @model(").expect("a function @model");
        let (arguments, after) = after.split_once(')').expect("the end of the arguments");
        let types = |text: &str| text.split(", ").filter(|part| !part.is_empty()).map(Type::read).collect();
        let arguments: Vec<&str> =
            arguments.split(", ").filter_map(|part| Some(part.split_once(": ")?.1)).collect();
        let line = after.lines().next().unwrap_or_default();
        let results = match line.strip_prefix(" -> ") {
            None => "",
            Some(text) if text.starts_with('(') => &text[1..text.find(')').expect("the end of the results")],
            Some(text) => text.split(' ').next().expect("a type"),
        };
        Signature { arguments: types(&arguments.join(", ")), results: types(results) }
    }

    /// Returns a function `@NAME` that calls `@model` twice, each time with other arguments, and prints all results and what
    /// is in the memory that was passed. What is a tensor in `original` may be memory here: memory that a function is
    /// given by value is not printed.
    pub fn caller(&self, name: &str, original: &Signature) -> String {
        let mut text = format!("func.func @{name}() {{\n");
        for call in 0..2 {
            let list = |types: &[Type]| types.iter().map(Type::text).collect::<Vec<_>>().join(", ");
            let passed: Vec<String> =
                (0..self.arguments.len()).map(|place| format!("%a{call}_{place}")).collect();
            for (place, (kind, name)) in self.arguments.iter().zip(&passed).enumerate() {
                argument(&mut text, name, kind, 3 * call + place);
            }
            let results: Vec<String> =
                (0..self.results.len()).map(|place| format!("%r{call}_{place}")).collect();
            let left = if results.is_empty() { String::new() } else { format!("{} = ", results.join(", ")) };
            let (takes, gives) = (list(&self.arguments), list(&self.results));
            writeln!(text, "  {left}func.call @model({}) : ({takes}) -> ({gives})", passed.join(", "))
                .unwrap();
            let memory = passed.iter().zip(&self.arguments).zip(&original.arguments);
            let memory = memory.filter(|(_, kind)| kind.container == "memref").map(|(pair, _)| pair);
            for (value, kind) in results.iter().zip(&self.results).chain(memory) {
                print(&mut text, value, kind);
            }
        }
        text + "  return\n}\n"
    }
}

/// Writes an argument with values that hang on `seed`.
fn argument(text: &mut String, name: &str, kind: &Type, seed: usize) {
    let by_value = kind.by_value();
    let count: usize = kind.dims.iter().product();
    let number = |place: usize| {
        let value = ((seed * 7 + place * 5) % 23) as i32 - 9;
        if kind.is_float() { format!("{:?}", f64::from(value) * 0.25) } else { value.to_string() }
    };
    let constant = if kind.container == "memref" { format!("{name}_value") } else { name.to_string() };
    let value = match kind.container.is_empty() {
        true => number(0),
        false => {
            // Nested lists, as many deep as there are sizes.
            let mut items: Vec<String> = (0..count).map(number).collect();
            for &size in kind.dims.iter().rev() {
                items = items.chunks(size).map(|chunk| format!("[{}]", chunk.join(", "))).collect();
            }
            format!("dense<{}>", items.concat())
        }
    };
    writeln!(text, "  {constant} = arith.constant {value} : {}", by_value.text()).unwrap();
    if kind.container == "memref" {
        writeln!(text, "  {name} = memref.alloc() : {}", kind.text()).unwrap();
        each(text, kind, |text, places| {
            writeln!(text, "  {name}_e = tensor.extract {constant}[{places}] : {}", by_value.text()).unwrap();
            writeln!(text, "  memref.store {name}_e, {name}[{places}] : {}", kind.text()).unwrap();
        });
    }
}

/// Writes the printing of every element of a value, as whole numbers: the bits of floats, and one number for what is not a
/// number.
fn print(text: &mut String, name: &str, kind: &Type) {
    each(text, kind, |text, places| {
        let read = match &kind.container[..] {
            "" => String::new(),
            "tensor" => format!("tensor.extract {name}[{places}]"),
            _ => format!("memref.load {name}[{places}]"),
        };
        let mut value = name.to_string();
        if !read.is_empty() {
            value = format!("{name}_e");
            writeln!(text, "  {value} = {read} : {}", kind.text()).unwrap();
        }
        let mut steps: Vec<(&str, String)> = Vec::new();
        if kind.is_float() {
            steps.push(("is", format!("arith.cmpf uno, {value}, {value} : f32")));
            steps.push(("bits", format!("arith.bitcast {value} : f32 to i32")));
            steps.push(("nan", "arith.constant 2143289344 : i32".into()));
            steps.push(("safe", format!("arith.select {name}_is, {name}_nan, {name}_bits : i32")));
            value = format!("{name}_safe");
        }
        steps.push(("wide", format!("arith.extsi {value} : i32 to i64")));
        for (suffix, operation) in steps {
            writeln!(text, "  {name}_{suffix} = {operation}").unwrap();
        }
        writeln!(text, "  func.call @printI64({name}_wide) : (i64) -> ()").unwrap();
        writeln!(text, "  func.call @printNewline() : () -> ()").unwrap();
    });
}

/// Writes loops over all places of a type, with `inner` in the middle.
fn each(text: &mut String, kind: &Type, inner: impl Fn(&mut String, &str)) {
    text.push_str(
        "  scf.execute_region {\n  %zero = arith.constant 0 : index\n  %step = arith.constant 1 : index\n",
    );
    let places: Vec<String> = (0..kind.dims.len()).map(|dim| format!("%at{dim}")).collect();
    for (place, size) in places.iter().zip(&kind.dims) {
        writeln!(text, "  {place}_end = arith.constant {size} : index").unwrap();
        writeln!(text, "  scf.for {place} = %zero to {place}_end step %step {{").unwrap();
    }
    inner(text, &places.join(", "));
    text.push_str(&"  }\n".repeat(places.len()));
    text.push_str("  scf.yield\n  }\n");
}

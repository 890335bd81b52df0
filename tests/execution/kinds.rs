//! The kinds of operations that random functions are made of.

use super::writer::{Type, Writer};

/// A kind, and how often it comes.
pub struct Kind {
    pub weight: u32,
    /// Whether it has regions with operations in them.
    pub nests: bool,
    pub write: fn(&mut Writer),
}

const fn kind(weight: u32, write: fn(&mut Writer)) -> Kind {
    Kind { weight, nests: false, write }
}

const fn nest(weight: u32, write: fn(&mut Writer)) -> Kind {
    Kind { weight, nests: true, write }
}

/// All kinds.
pub const KINDS: [Kind; 35] = [
    kind(8, integers),
    kind(6, floats),
    kind(2, choice),
    kind(2, conversion),
    kind(2, twice_the_same),
    kind(5, tensors),
    kind(2, element),
    kind(2, replaced_element),
    kind(2, tensor_of_elements),
    nest(3, branch),
    nest(3, counted_loop),
    nest(2, conditional_loop),
    nest(1, switch),
    kind(4, load),
    kind(5, store),
    kind(1, exchange),
    kind(3, global),
    kind(2, allocation),
    kind(1, frame),
    kind(1, freed),
    kind(2, alias),
    kind(1, copy),
    kind(3, call_get),
    kind(3, call_set),
    kind(3, call_bump),
    kind(3, call_show),
    kind(2, call_on_memory),
    kind(2, call_mix),
    kind(4, call_helper),
    kind(3, program_state),
    kind(2, linalg_on_tensors),
    kind(2, linalg_on_memory),
    kind(4, tosa_elementwise),
    kind(3, tosa_products),
    kind(2, tosa_shapes),
];

fn integers(w: &mut Writer) {
    let operation = w.one_of(&["addi", "subi", "muli", "xori", "andi", "ori", "minsi", "maxui"]);
    let [a, b] = w.two(Type::I32);
    w.make(Type::I32, &format!("arith.{operation} {a}, {b} : i32"));
}

fn floats(w: &mut Writer) {
    let operation = w.one_of(&["addf", "subf", "mulf", "divf", "minimumf", "maximumf"]);
    let [a, b] = w.two(Type::F32);
    w.make(Type::F32, &format!("arith.{operation} {a}, {b} : f32"));
}

fn condition(w: &mut Writer) -> String {
    let [a, b] = w.two(Type::I32);
    let relation = w.one_of(&["slt", "sge", "eq", "ult"]);
    w.make(Type::I1, &format!("arith.cmpi {relation}, {a}, {b} : i32"))
}

fn choice(w: &mut Writer) {
    let condition = condition(w);
    let kind = w.one_of(&[Type::I32, Type::F32, Type::Ints, Type::Memory]);
    let [a, b] = w.two(kind);
    // Either may be of the frame: then the choice is.
    let made = if kind == Type::Memory { Type::Frame } else { kind };
    w.make(made, &format!("arith.select {condition}, {a}, {b} : {}", kind.text()));
}

fn conversion(w: &mut Writer) {
    let a = w.any(Type::I32);
    w.make(Type::F32, &format!("arith.sitofp {a} : i32 to f32"));
}

fn twice_the_same(w: &mut Writer) {
    let [a, b] = w.two(Type::I32);
    for _ in 0..2 {
        w.make(Type::I32, &format!("arith.addi {a}, {b} : i32"));
    }
}

fn tensors(w: &mut Writer) {
    let (kind, operation) = w.one_of(&[
        (Type::Ints, "addi"),
        (Type::Ints, "muli"),
        (Type::Ints, "xori"),
        (Type::Floats, "addf"),
        (Type::Floats, "mulf"),
        (Type::Floats, "subf"),
    ]);
    let [a, b] = w.two(kind);
    w.make(kind, &format!("arith.{operation} {a}, {b} : {}", kind.text()));
}

fn element(w: &mut Writer) {
    let (kind, of) = w.one_of(&[(Type::Ints, Type::I32), (Type::Floats, Type::F32)]);
    let tensor = w.any(kind);
    let place = w.index();
    w.make(of, &format!("tensor.extract {tensor}[{place}] : {}", kind.text()));
}

fn replaced_element(w: &mut Writer) {
    let (kind, of) = w.one_of(&[(Type::Ints, Type::I32), (Type::Floats, Type::F32)]);
    let (tensor, value) = (w.any(kind), w.any(of));
    let place = w.index();
    w.make(kind, &format!("tensor.insert {value} into {tensor}[{place}] : {}", kind.text()));
}

fn tensor_of_elements(w: &mut Writer) {
    let [[a, b], [c, d]] = [w.two(Type::I32), w.two(Type::I32)];
    w.make(Type::Ints, &format!("tensor.from_elements {a}, {b}, {c}, {d} : tensor<4xi32>"));
}

fn branch(w: &mut Writer) {
    let condition = condition(w);
    let kind = w.one_of(&[Type::I32, Type::F32, Type::Ints]);
    if w.chance(30) {
        w.line(&format!("scf.if {condition} {{"));
        w.inside(&[], |_| "scf.yield".into());
        w.line("}");
        return;
    }
    let name = w.name();
    let text = kind.text();
    w.line(&format!("{name} = scf.if {condition} -> ({text}) {{"));
    w.inside(&[], |w| format!("scf.yield {} : {text}", w.any(kind)));
    w.line("} else {");
    w.inside(&[], |w| format!("scf.yield {} : {text}", w.any(kind)));
    w.act("}");
    w.add(name, kind);
}

fn counted_loop(w: &mut Writer) {
    let kind = w.one_of(&[Type::I32, Type::F32, Type::Floats]);
    let first = w.any(kind);
    let [start, end, step] = ["0", "3", "1"].map(|number| w.constant(&format!("{number} : index")));
    let [name, place, carried] = [w.name(), w.name(), w.name()];
    let text = kind.text();
    w.line(&format!("{name} = scf.for {place} = {start} to {end} step {step} iter_args({carried} = {first}) -> ({text}) {{"));
    let number = w.name();
    w.line(&format!("  {number} = arith.index_cast {place} : index to i32"));
    w.inside(&[(carried, kind), (number, Type::I32)], |w| format!("scf.yield {} : {text}", w.any(kind)));
    w.act("}");
    w.add(name, kind);
}

fn conditional_loop(w: &mut Writer) {
    let first = w.any(Type::I32);
    let [start, end, step] = ["0", "3", "1"].map(|number| w.constant(&format!("{number} : i32")));
    let name = w.name();
    let [count, carried, again] = [w.name(), w.name(), w.name()];
    w.line(&format!(
        "{name}:2 = scf.while ({count} = {start}, {carried} = {first}) : (i32, i32) -> (i32, i32) {{"
    ));
    w.line(&format!("  {again} = arith.cmpi slt, {count}, {end} : i32"));
    w.inside(&[(count.clone(), Type::I32), (carried.clone(), Type::I32)], |_| {
        format!("scf.condition({again}) {count}, {carried} : i32, i32")
    });
    let [count, carried, next] = [w.name(), w.name(), w.name()];
    w.line("} do {");
    w.line(&format!("^bb0({count}: i32, {carried}: i32):"));
    w.line(&format!("  {next} = arith.addi {count}, {step} : i32"));
    w.inside(&[(count, Type::I32), (carried, Type::I32)], |w| {
        format!("scf.yield {next}, {} : i32, i32", w.any(Type::I32))
    });
    w.act("}");
    (0..2).for_each(|place| w.add(format!("{name}#{place}"), Type::I32));
}

fn switch(w: &mut Writer) {
    let place = w.index();
    let name = w.name();
    w.line(&format!("{name} = scf.index_switch {place} -> i32"));
    for case in ["case 1 {", "case 2 {", "default {"] {
        w.line(case);
        w.inside(&[], |w| format!("scf.yield {} : i32", w.any(Type::I32)));
        w.line("}");
    }
    w.add(name, Type::I32);
}

fn load(w: &mut Writer) {
    let memory = w.any(Type::Memory);
    let place = w.index();
    w.make(Type::I32, &format!("memref.load {memory}[{place}] : memref<4xi32>"));
}

fn store(w: &mut Writer) {
    let (value, memory) = (w.any(Type::I32), w.any(Type::Memory));
    let place = w.index();
    w.act(&format!("memref.store {value}, {memory}[{place}] : memref<4xi32>"));
}

fn exchange(w: &mut Writer) {
    let (value, memory) = (w.any(Type::I32), w.any(Type::Memory));
    let place = w.index();
    w.make(
        Type::I32,
        &format!("memref.atomic_rmw addi {value}, {memory}[{place}] : (i32, memref<4xi32>) -> i32"),
    );
}

fn global(w: &mut Writer) {
    let which = w.one_of(&["memref.get_global @g0", "memref.get_global @g1"]);
    w.make(Type::Memory, &format!("{which} : memref<4xi32>"));
}

/// Memory of one's own, with something in all of it.
fn new_memory(w: &mut Writer, operation: &str) -> String {
    let value = w.any(Type::I32);
    let memory = w.hidden(&format!("{operation} : memref<4xi32>"));
    w.act(&format!("linalg.fill ins({value} : i32) outs({memory} : memref<4xi32>)"));
    memory
}

fn allocation(w: &mut Writer) {
    let memory = new_memory(w, "memref.alloc()");
    w.add(memory, Type::Memory);
}

fn frame(w: &mut Writer) {
    let memory = new_memory(w, "memref.alloca()");
    w.add(memory, Type::Frame);
}

fn freed(w: &mut Writer) {
    let memory = new_memory(w, "memref.alloc()");
    let place = w.index();
    let value = w.any(Type::I32);
    w.act(&format!("memref.store {value}, {memory}[{place}] : memref<4xi32>"));
    w.make(Type::I32, &format!("memref.load {memory}[{place}] : memref<4xi32>"));
    w.act(&format!("memref.dealloc {memory} : memref<4xi32>"));
}

fn alias(w: &mut Writer) {
    let memory = w.any(Type::Memory);
    let cast = w.hidden(&format!("memref.cast {memory} : memref<4xi32> to memref<?xi32>"));
    let place = w.index();
    let value = w.any(Type::I32);
    w.act(&format!("memref.store {value}, {cast}[{place}] : memref<?xi32>"));
}

fn copy(w: &mut Writer) {
    let [from, to] = w.two(Type::Memory);
    // What is copied onto itself has no defined value.
    if from != to {
        let fresh = w.hidden("memref.alloc() : memref<4xi32>");
        w.act(&format!("memref.copy {from}, {fresh} : memref<4xi32> to memref<4xi32>"));
        w.act(&format!("memref.copy {fresh}, {to} : memref<4xi32> to memref<4xi32>"));
    }
}

fn call_get(w: &mut Writer) {
    w.make(Type::I32, "func.call @get() : () -> i32");
}

fn call_set(w: &mut Writer) {
    let value = w.any(Type::I32);
    w.act(&format!("func.call @set({value}) : (i32) -> ()"));
}

fn call_bump(w: &mut Writer) {
    let callee = w.one_of(&["bump", "bump_and_show", "branchy"]);
    let value = w.any(Type::I32);
    w.make(Type::I32, &format!("func.call @{callee}({value}) : (i32) -> i32"));
}

fn call_show(w: &mut Writer) {
    let value = w.any(Type::I32);
    if w.chance(50) {
        w.act(&format!("func.call @show({value}) : (i32) -> ()"));
        return;
    }
    let wide = w.hidden(&format!("arith.extsi {value} : i32 to i64"));
    w.act(&format!("func.call @printI64({wide}) : (i64) -> ()"));
    w.act("func.call @printNewline() : () -> ()");
}

fn call_on_memory(w: &mut Writer) {
    let (memory, value) = (w.any(Type::Memory), w.any(Type::I32));
    match w.one_of(&[0, 1, 2]) {
        0 => w.act(&format!("func.call @fill({memory}, {value}) : (memref<4xi32>, i32) -> ()")),
        1 => drop(w.make(Type::I32, &format!("func.call @sum({memory}) : (memref<4xi32>) -> i32"))),
        _ => drop(w.make(Type::Memory, &format!("func.call @either({value}) : (i32) -> memref<4xi32>"))),
    }
}

fn call_mix(w: &mut Writer) {
    let (value, tensor) = (w.any(Type::I32), w.any(Type::Ints));
    let types = "(i32, tensor<4xi32>) -> (tensor<4xi32>, i32)";
    let name = w.name();
    w.act(&format!("{name}:2 = func.call @mix({value}, {tensor}) : {types}"));
    w.add(format!("{name}#0"), Type::Ints);
    w.add(format!("{name}#1"), Type::I32);
}

/// A call of a function that is random too.
fn call_helper(w: &mut Writer) {
    if w.is_helper {
        return;
    }
    let (value, memory) = (w.any(Type::I32), w.any(Type::Memory));
    w.make(Type::I32, &format!("func.call @helper({value}, {memory}) : (i32, memref<4xi32>) -> i32"));
}

fn program_state(w: &mut Writer) {
    match w.one_of(&[0, 1, 2]) {
        0 => drop(w.make(Type::Ints, "ml_program.global_load @state : tensor<4xi32>")),
        1 => {
            let value = w.any(Type::Ints);
            w.act(&format!("ml_program.global_store @state = {value} : tensor<4xi32>"));
        }
        _ => {
            let value = w.any(Type::Ints);
            w.make(Type::Ints, &format!("func.call @exchange({value}) : (tensor<4xi32>) -> tensor<4xi32>"));
        }
    }
}

const SAME_PLACES: &str =
    "indexing_maps = [affine_map<(d0) -> (d0)>, affine_map<(d0) -> (d0)>], iterator_types = [\"parallel\"]";

fn linalg_on_tensors(w: &mut Writer) {
    let [a, b] = w.two(Type::Ints);
    let captured = w.any(Type::I32);
    if w.chance(50) {
        let named = w.one_of(&["add", "sub", "mul", "max"]);
        let types = "tensor<4xi32>, tensor<4xi32>";
        w.make(
            Type::Ints,
            &format!("linalg.{named} ins({a}, {b} : {types}) outs({a} : tensor<4xi32>) -> tensor<4xi32>"),
        );
        return;
    }
    let [name, x, y, sum] = [w.name(), w.name(), w.name(), w.name()];
    w.line(&format!(
        "{name} = linalg.generic {{{SAME_PLACES}}} ins({a} : tensor<4xi32>) outs({b} : tensor<4xi32>) {{"
    ));
    w.line(&format!("^bb0({x}: i32, {y}: i32):"));
    w.line(&format!("  {sum} = arith.muli {x}, {captured} : i32"));
    let last = w.name();
    w.line(&format!("  {last} = arith.subi {sum}, {y} : i32"));
    w.line(&format!("  linalg.yield {last} : i32"));
    w.act("} -> tensor<4xi32>");
    w.add(name, Type::Ints);
}

fn linalg_on_memory(w: &mut Writer) {
    let [a, b] = w.two(Type::Memory);
    if w.chance(50) {
        let types = "memref<4xi32>, memref<4xi32>";
        w.act(&format!("linalg.add ins({a}, {b} : {types}) outs({b} : memref<4xi32>)"));
        return;
    }
    let [x, y, sum] = [w.name(), w.name(), w.name()];
    w.line(&format!(
        "linalg.generic {{{SAME_PLACES}}} ins({a} : memref<4xi32>) outs({b} : memref<4xi32>) {{"
    ));
    w.line(&format!("^bb0({x}: i32, {y}: i32):"));
    w.line(&format!("  {sum} = arith.xori {x}, {y} : i32"));
    w.line(&format!("  linalg.yield {sum} : i32"));
    w.act("}");
}

fn tosa_elementwise(w: &mut Writer) {
    let kind = w.one_of(&[Type::Floats, Type::Matrix, Type::Image]);
    let text = kind.text();
    let [a, b] = w.two(kind);
    match w.one_of(&["add", "sub", "maximum", "mul", "tanh", "sigmoid", "clamp"]) {
        "mul" => {
            let shift =
                w.hidden("\"tosa.const\"() <{values = dense<0> : tensor<1xi8>}> : () -> tensor<1xi8>");
            w.make(kind, &format!("tosa.mul {a}, {b}, {shift} : ({text}, {text}, tensor<1xi8>) -> {text}"));
        }
        "clamp" => {
            let bounds = "{min_val = -1.0 : f32, max_val = 3.5 : f32}";
            w.make(kind, &format!("tosa.clamp {a} {bounds} : ({text}) -> {text}"));
        }
        unary @ ("tanh" | "sigmoid") => {
            w.make(kind, &format!("tosa.{unary} {a} : ({text}) -> {text}"));
        }
        binary => {
            w.make(kind, &format!("tosa.{binary} {a}, {b} : ({text}, {text}) -> {text}"));
        }
    }
}

fn zero_point(w: &mut Writer) -> String {
    w.hidden("\"tosa.const\"() <{values = dense<0.0> : tensor<1xf32>}> : () -> tensor<1xf32>")
}

fn tosa_products(w: &mut Writer) {
    let zero = zero_point(w);
    if w.chance(50) {
        let [a, b] = w.two(Type::Matrix);
        let m = Type::Matrix.text();
        let types = format!("({m}, {m}, tensor<1xf32>, tensor<1xf32>) -> {m}");
        w.make(Type::Matrix, &format!("tosa.matmul {a}, {b}, {zero}, {zero} : {types}"));
        return;
    }
    let image = w.any(Type::Image);
    let weight = f64::from(w.number()) * 0.125;
    let weights = w.hidden(&format!(
        "\"tosa.const\"() <{{values = dense<{weight:?}> : tensor<2x3x3x2xf32>}}> : () -> tensor<2x3x3x2xf32>"
    ));
    let bias =
        w.hidden("\"tosa.const\"() <{values = dense<[0.5, -0.5]> : tensor<2xf32>}> : () -> tensor<2xf32>");
    let window = "acc_type = f32, dilation = array<i64: 1, 1>, pad = array<i64: 1, 1, 1, 1>, stride = array<i64: 1, 1>";
    let i = Type::Image.text();
    let types = format!("({i}, tensor<2x3x3x2xf32>, tensor<2xf32>, tensor<1xf32>, tensor<1xf32>) -> {i}");
    w.make(
        Type::Image,
        &format!("tosa.conv2d {image}, {weights}, {bias}, {zero}, {zero} {{{window}}} : {types}"),
    );
}

fn tosa_shapes(w: &mut Writer) {
    let matrix = w.any(Type::Matrix);
    let (m, rows) = (Type::Matrix.text(), "tensor<1x4x1xf32>");
    if w.chance(50) {
        w.make(
            Type::Matrix,
            &format!("tosa.transpose {matrix} {{perms = array<i32: 0, 2, 1>}} : ({m}) -> {m}"),
        );
        return;
    }
    let sums = w.hidden(&format!("tosa.reduce_sum {matrix} {{axis = 2 : i32}} : ({m}) -> {rows}"));
    let shape = w.hidden("tosa.const_shape {values = dense<4> : tensor<1xindex>} : () -> !tosa.shape<1>");
    w.make(
        Type::Floats,
        &format!("tosa.reshape {sums}, {shape} : ({rows}, !tosa.shape<1>) -> tensor<4xf32>"),
    );
}

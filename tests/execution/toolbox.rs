//! State and functions that a function under test may use: each is part of a module only where its name is.

/// A symbol, and the text that defines it.
const TOOLS: [(&str, &str); 16] = [
    ("g0", r#"memref.global "private" @g0 : memref<4xi32> = dense<[1, 2, 3, 4]>"#),
    ("g1", r#"memref.global "private" @g1 : memref<4xi32> = dense<-7>"#),
    (
        "state",
        "ml_program.global private mutable @state(dense<[5, 6, 7, 8]> : tensor<4xi32>) : tensor<4xi32>",
    ),
    ("printI64", "func.func private @printI64(i64)"),
    ("printNewline", "func.func private @printNewline()"),
    // Prints a number.
    (
        "show",
        "func.func private @show(%x: i32) {
  %0 = arith.extsi %x : i32 to i64
  call @printI64(%0) : (i64) -> ()
  call @printNewline() : () -> ()
  return
}",
    ),
    // Reads and writes state.
    (
        "get",
        "func.func private @get() -> i32 {
  %0 = arith.constant 0 : index
  %1 = memref.get_global @g0 : memref<4xi32>
  %2 = memref.load %1[%0] : memref<4xi32>
  return %2 : i32
}",
    ),
    (
        "set",
        "func.func private @set(%x: i32) {
  %0 = arith.constant 0 : index
  %1 = memref.get_global @g0 : memref<4xi32>
  memref.store %x, %1[%0] : memref<4xi32>
  return
}",
    ),
    // Calls what reads and writes.
    (
        "bump",
        "func.func private @bump(%x: i32) -> i32 {
  %0 = call @get() : () -> i32
  %1 = arith.addi %0, %x : i32
  call @set(%1) : (i32) -> ()
  return %0 : i32
}",
    ),
    (
        "bump_and_show",
        "func.func private @bump_and_show(%x: i32) -> i32 {
  %0 = call @bump(%x) : (i32) -> i32
  call @show(%0) : (i32) -> ()
  %1 = call @bump(%0) : (i32) -> i32
  return %1 : i32
}",
    ),
    // Several blocks, of which one writes.
    (
        "branchy",
        "func.func private @branchy(%x: i32) -> i32 {
  %0 = arith.constant 3 : i32
  %1 = arith.cmpi slt, %x, %0 : i32
  cf.cond_br %1, ^bb1, ^bb2(%x : i32)
^bb1:
  %2 = call @bump(%x) : (i32) -> i32
  cf.br ^bb2(%2 : i32)
^bb2(%3: i32):
  return %3 : i32
}",
    ),
    // Writes to memory that it is given, and reads it.
    (
        "fill",
        "func.func private @fill(%m: memref<4xi32>, %x: i32) {
  linalg.fill ins(%x : i32) outs(%m : memref<4xi32>)
  return
}",
    ),
    (
        "sum",
        "func.func private @sum(%m: memref<4xi32>) -> i32 {
  %0 = arith.constant 0 : index
  %1 = arith.constant 1 : index
  %2 = arith.constant 4 : index
  %3 = arith.constant 0 : i32
  %4 = scf.for %i = %0 to %2 step %1 iter_args(%a = %3) -> (i32) {
    %5 = memref.load %m[%i] : memref<4xi32>
    %6 = arith.addi %a, %5 : i32
    scf.yield %6 : i32
  }
  return %4 : i32
}",
    ),
    // Has no effects.
    (
        "mix",
        "func.func private @mix(%x: i32, %t: tensor<4xi32>) -> (tensor<4xi32>, i32) {
  %0 = arith.constant 2 : index
  %1 = tensor.extract %t[%0] : tensor<4xi32>
  %2 = arith.xori %1, %x : i32
  %3 = arith.muli %t, %t : tensor<4xi32>
  return %3, %2 : tensor<4xi32>, i32
}",
    ),
    // State that holds a tensor.
    (
        "exchange",
        "func.func private @exchange(%t: tensor<4xi32>) -> tensor<4xi32> {
  %0 = ml_program.global_load @state : tensor<4xi32>
  %1 = arith.addi %0, %t : tensor<4xi32>
  ml_program.global_store @state = %1 : tensor<4xi32>
  return %0 : tensor<4xi32>
}",
    ),
    // One of two globals, as nobody knows before.
    (
        "either",
        "func.func private @either(%x: i32) -> memref<4xi32> {
  %0 = arith.constant 1 : i32
  %1 = arith.cmpi sgt, %x, %0 : i32
  %2 = memref.get_global @g0 : memref<4xi32>
  %3 = memref.get_global @g1 : memref<4xi32>
  %4 = arith.select %1, %2, %3 : memref<4xi32>
  return %4 : memref<4xi32>
}",
    ),
];

/// Returns the definitions of all that `text` names, and of what these name.
pub fn definitions(text: &str) -> String {
    let names = |text: &str, name: &str| {
        text.match_indices(&format!("@{name}")).any(|(at, found)| {
            !text[at + found.len()..].starts_with(|c: char| c.is_ascii_alphanumeric() || c == '_')
        })
    };
    let mut found = String::new();
    let mut missing: Vec<&(&str, &str)> = TOOLS.iter().collect();
    loop {
        let needed: Vec<_> =
            missing.iter().copied().filter(|(name, _)| names(text, name) || names(&found, name)).collect();
        if needed.is_empty() {
            return found;
        }
        missing.retain(|tool| !needed.contains(tool));
        needed.iter().for_each(|(_, definition)| found = format!("{found}{definition}\n"));
    }
}

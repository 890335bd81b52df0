//! State that holds tensors, as memory: MLIR 22 bufferizes a load of it without a copy, so that a later store changes what was loaded.

/// Returns a module in which loads and stores of `ml_program` globals are calls of functions that copy.
pub fn in_memory(module: &str) -> String {
    module.lines().map(|line| as_memory(line).unwrap_or_else(|| line.into()) + "\n").collect()
}

/// Returns what becomes of a line, if it is about such a global.
fn as_memory(line: &str) -> Option<String> {
    let (before, after) = line.split_once("ml_program.global")?;
    let (kind, after) = after.split_once('@')?;
    let name = &after[..after.find(['(', ' '])?];
    // What is left of attributes, and a location, come last.
    let (_, tensor) = line.split(" loc(").next()?.trim_end_matches(" {}").rsplit_once(" : ")?;
    match kind.split(' ').next()? {
        "_load" => Some(format!("{before}func.call @{name}_load() : () -> {tensor}")),
        "_store" => {
            let value = after.split_once(" = ")?.1.split(' ').next()?;
            Some(format!("{before}func.call @{name}_store({value}) : ({tensor}) -> ()"))
        }
        _ => {
            let value = after.split_once('(')?.1.split(" : ").next()?;
            let memory = tensor.replace("tensor", "memref");
            Some(format!(
                "memref.global \"private\" @{name} : {memory} = {value}
func.func private @{name}_load() -> {tensor} {{
  %0 = memref.get_global @{name} : {memory}
  %1 = memref.alloc() : {memory}
  memref.copy %0, %1 : {memory} to {memory}
  %2 = bufferization.to_tensor %1 restrict : {memory} to {tensor}
  return %2 : {tensor}
}}
func.func private @{name}_store(%x: {tensor}) {{
  %0 = memref.get_global @{name} : {memory}
  %1 = bufferization.to_buffer %x : {tensor} to {memory}
  memref.copy %1, %0 : {memory} to {memory}
  return
}}"
            ))
        }
    }
}

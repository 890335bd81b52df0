// A field that a schedule does not have is an error that lists those that it has.

// RUN: %respect-opt --pass-pipeline='builtin.module(respect-verify-schedule)' %s -verify-diagnostics

// expected-error @+1 {{'respect.schedule' has a field 'rule', but it takes stages, solver, status, objective, rules, device, bottleneck_us, peak_parameter_bytes, lower_bound, detail}}
func.func @main(%x: tensor<4xi8>) -> tensor<4xi8> attributes {respect.schedule = {stages = 1 : i32, rule = "precedence"}} {
  %0 = "tfl.relu"(%x) {respect.stage = 0 : i32} : (tensor<4xi8>) -> tensor<4xi8>
  return %0 : tensor<4xi8>
}

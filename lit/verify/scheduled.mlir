// What respect-schedule writes passes the judge, whatever the options.

// RUN: %respect-opt --pass-pipeline='builtin.module(func.func(respect-schedule{stages=1}),func.func(respect-verify-schedule))' %s -verify-diagnostics -o /dev/null
// RUN: %respect-opt --pass-pipeline='builtin.module(func.func(respect-schedule{stages=2 objective=memory}),func.func(respect-verify-schedule))' %s -verify-diagnostics -o /dev/null
// RUN: %respect-opt --pass-pipeline='builtin.module(func.func(respect-schedule{stages=3 device=pcie}),func.func(respect-verify-schedule))' %s -verify-diagnostics -o /dev/null
// RUN: %respect-opt --pass-pipeline='builtin.module(func.func(respect-schedule{stages=2 rules=precedence scheduler=order-dp}),func.func(respect-verify-schedule))' %s -verify-diagnostics -o /dev/null

func.func @main(%x: tensor<4xi8>) -> tensor<4xi8> {
  %0 = "a.one"(%x) : (tensor<4xi8>) -> tensor<4xi8>
  %1 = "a.two"(%0) : (tensor<4xi8>) -> tensor<4xi8>
  %2 = "a.three"(%1) : (tensor<4xi8>) -> tensor<4xi8>
  return %2 : tensor<4xi8>
}

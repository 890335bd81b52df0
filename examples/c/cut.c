/* Cuts the functions of a module into stages: cut MODULE.mlir PIPELINE, with a pipeline such as
 * 'builtin.module(respect-pipeline{stages=3})'. Prints the module, and what is known of the first function's schedule
 * on stderr.
 *
 *   cc cut.c -o cut $(pkg-config --cflags respect) -L"$(pkg-config --variable=mlir respect)/lib" \
 *       -lMLIRCAPIIR -lMLIRCAPIFunc $(pkg-config --libs respect) -lstdc++
 *
 * The archives are MLIR's C interface, which lies over the shared library. */

#include "respect-c/Passes.h"

#include "mlir-c/Dialect/Func.h"
#include "mlir-c/IR.h"
#include "mlir-c/Pass.h"

#include <stdio.h>
#include <stdlib.h>

static void print(MlirStringRef text, void *stream) { fwrite(text.data, 1, text.length, stream); }

/* Returns what a file holds, with a zero byte behind it; null if it cannot be read. */
static char *contents(const char *path) {
  FILE *file = fopen(path, "rb");
  char *text = NULL;
  if (file && fseek(file, 0, SEEK_END) == 0) {
    long length = ftell(file);
    rewind(file);
    text = length < 0 ? NULL : calloc((size_t)length + 1, 1);
    if (text && fread(text, 1, (size_t)length, file) != (size_t)length) {
      free(text);
      text = NULL;
    }
  }
  if (file)
    fclose(file);
  return text;
}

/* Returns whether the pipeline could be read and run. */
static bool run(MlirContext context, MlirModule module, const char *pipeline) {
  MlirPassManager manager = mlirPassManagerCreate(context);
  MlirOpPassManager passes = mlirPassManagerGetAsOpPassManager(manager);
  bool done = mlirLogicalResultIsSuccess(
                  mlirParsePassPipeline(passes, mlirStringRefCreateFromCString(pipeline), print, stderr)) &&
              mlirLogicalResultIsSuccess(mlirPassManagerRunOnOp(manager, mlirModuleGetOperation(module)));
  mlirPassManagerDestroy(manager);
  return done;
}

int main(int argc, char **argv) {
  if (argc != 3) {
    fprintf(stderr, "usage: cut MODULE.mlir PIPELINE\n");
    return 2;
  }
  char *text = contents(argv[1]);
  if (!text) {
    perror(argv[1]);
    return 1;
  }
  mlirRegisterRespectPasses();
  mlirRegisterRespectPipelines();
  MlirContext context = mlirContextCreate();
  mlirContextSetAllowUnregisteredDialects(context, true);
  mlirDialectHandleLoadDialect(mlirGetDialectHandle__func__(), context);
  mlirDialectHandleLoadDialect(mlirGetDialectHandle__respect__(), context);
  MlirModule module = mlirModuleCreateParse(context, mlirStringRefCreateFromCString(text));
  free(text);
  bool done = !mlirModuleIsNull(module) && run(context, module, argv[2]);
  if (done) {
    MlirOperation function = mlirBlockGetFirstOperation(mlirModuleGetBody(module));
    MlirAttribute schedule =
        mlirOperationGetAttributeByName(function, mlirStringRefCreateFromCString("respect.pipeline"));
    if (!mlirAttributeIsNull(schedule) && mlirAttributeIsARespectSchedule(schedule)) {
      MlirRespectSchedule fields = mlirRespectScheduleAttrGetFields(schedule);
      fprintf(stderr, "%u stages, %.*s\n", fields.stages, (int)fields.status.length, fields.status.data);
    }
    mlirOperationPrint(mlirModuleGetOperation(module), print, stdout);
  }
  if (!mlirModuleIsNull(module))
    mlirModuleDestroy(module);
  mlirContextDestroy(context);
  return done ? 0 : 1;
}

"""Operations on words of 64 pixels that a processor has and numba does not name."""

from llvmlite import ir
from numba import types
from numba.extending import intrinsic


@intrinsic
def ones(typing_context, word):
    """Population count of a uint64."""

    def generate(context, builder, signature, arguments):
        return builder.ctpop(arguments[0])

    return types.uint64(types.uint64), generate


@intrinsic
def lowest(typing_context, word):
    """Index of the lowest set bit of a uint64 that is not 0."""

    def generate(context, builder, signature, arguments):
        return builder.cttz(arguments[0], ir.Constant(ir.IntType(1), 1))

    return types.uint64(types.uint64), generate


@intrinsic
def funnel(typing_context, low, high, shift):
    """The low word of ``high:low >> shift``, shift in 0 ... 63."""

    def generate(context, builder, signature, arguments):
        low, high, shift = arguments
        word = ir.IntType(64)
        function = builder.module.declare_intrinsic(
            "llvm.fshr", [word], ir.FunctionType(word, [word, word, word])
        )
        return builder.call(function, [high, low, shift])

    return types.uint64(types.uint64, types.uint64, types.uint64), generate

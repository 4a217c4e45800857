// The native half of the TorchSharp stand-in: calls any ATen operator by its schema name through the
// dispatcher's boxed interface, and the few things that are not operators (autograd, modes, seeds,
// devices, threads, tensor metadata). A tensor handle is an owned reference to a TensorImpl, a
// generator handle one to a GeneratorImpl; null is "no tensor". No C++ exception leaves this file:
// a failed call returns its failure value and leaves the text for host_error().
#include <ATen/CPUGeneratorImpl.h>
#include <ATen/Context.h>
#include <ATen/Parallel.h>
#include <ATen/core/Tensor.h>
#include <ATen/core/dispatch/Dispatcher.h>
#include <ATen/detail/CUDAHooksInterface.h>
#include <ATen/ops/from_blob.h>
#include <c10/core/GradMode.h>
#include <c10/core/InferenceMode.h>
#include <torch/csrc/autograd/autograd.h>
#include <torch/version.h>

#include <algorithm>
#include <cstdint>
#include <cstdlib>
#include <string>
#include <vector>

#define HOST_API extern "C" __attribute__((visibility("default")))

namespace {

thread_local std::string last_error;

template <class Body>
auto guarded(decltype(std::declval<Body>()()) failed, Body body) noexcept -> decltype(body()) {
  try {
    return body();
  } catch (const c10::Error& e) {
    last_error = e.what_without_backtrace();
  } catch (const std::exception& e) {
    last_error = e.what();
  } catch (...) {
    last_error = "unknown native exception";
  }
  return failed;
}

template <class Body>
int32_t attempt(Body body) noexcept {
  return guarded(-1, [&]() -> int32_t {
    body();
    return 0;
  });
}

using Impl = c10::TensorImpl;

at::Tensor borrow(void* handle) {
  if (handle == nullptr) return {};
  return at::Tensor(c10::intrusive_ptr<Impl, c10::UndefinedTensorImpl>::reclaim_copy(static_cast<Impl*>(handle)));
}

void* give(at::Tensor tensor) {
  return tensor.defined() ? tensor.unsafeReleaseTensorImpl() : nullptr;
}

at::Tensor& view(void*& handle) {
  // A Tensor is one intrusive pointer, so a handle can be read as one without touching the count.
  static_assert(sizeof(at::Tensor) == sizeof(void*), "at::Tensor is expected to be one pointer");
  return reinterpret_cast<at::Tensor&>(handle);
}

at::Generator borrow_generator(void* handle) {
  return at::Generator(c10::intrusive_ptr<c10::GeneratorImpl>::reclaim_copy(static_cast<c10::GeneratorImpl*>(handle)));
}

void* give_generator(at::Generator generator) { return generator.unsafeReleaseGeneratorImpl(); }

std::vector<at::Tensor> borrow_list(void** handles, int64_t count) {
  std::vector<at::Tensor> tensors;
  tensors.reserve(count);
  for (int64_t i = 0; i < count; i++) tensors.push_back(borrow(handles[i]));
  return tensors;
}

enum Kind : int32_t {
  None = 0, TensorKind = 1, Int = 2, Double = 3, Bool = 4, Ints = 5, Doubles = 6, Tensors = 7,
  OptionalTensors = 8, String = 9, DeviceKind = 10, Complex = 11, GeneratorKind = 12,
};

// One argument or result; the managed side has the same layout.
struct Value {
  int32_t kind;
  int32_t count;   // length of a list or string
  union {
    int64_t integer;
    double real;
    void* pointer;
  };
};

struct Operator {
  c10::OperatorHandle handle;
  std::vector<bool> wants_float;  // a `float` argument takes an integer too
};

c10::IValue unpack(const Value& value, bool wants_float) {
  switch (value.kind) {
    case None: return {};
    case TensorKind: return borrow(value.pointer);
    case Int: return wants_float ? c10::IValue(static_cast<double>(value.integer)) : c10::IValue(value.integer);
    case Double: return value.real;
    case Bool: return value.integer != 0;
    case Ints: return at::IntArrayRef(static_cast<int64_t*>(value.pointer), value.count);
    case Doubles: return at::ArrayRef<double>(static_cast<double*>(value.pointer), value.count);
    case Tensors: return borrow_list(static_cast<void**>(value.pointer), value.count);
    case OptionalTensors: {
      c10::List<c10::optional<at::Tensor>> list;
      list.reserve(value.count);
      for (int32_t i = 0; i < value.count; i++) {
        void* handle = static_cast<void**>(value.pointer)[i];
        list.push_back(handle == nullptr ? c10::optional<at::Tensor>() : c10::optional<at::Tensor>(borrow(handle)));
      }
      return list;
    }
    case String: return std::string(static_cast<const char*>(value.pointer), value.count);
    case DeviceKind:
      return c10::Device(static_cast<c10::DeviceType>(value.integer), static_cast<c10::DeviceIndex>(value.count));
    case Complex: {
      const double* parts = static_cast<const double*>(value.pointer);
      return c10::complex<double>(parts[0], parts[1]);
    }
    case GeneratorKind: return borrow_generator(value.pointer);
    default: TORCH_CHECK(false, "argument kind ", value.kind, " is not known");
  }
}

Value pack(c10::IValue&& value) {
  Value result{};
  if (value.isTensor()) {
    result.kind = TensorKind;
    result.pointer = give(std::move(value).toTensor());
  } else if (value.isInt()) {
    result.kind = Int;
    result.integer = value.toInt();
  } else if (value.isDouble()) {
    result.kind = Double;
    result.real = value.toDouble();
  } else if (value.isBool()) {
    result.kind = Bool;
    result.integer = value.toBool();
  } else if (value.isTensorList()) {
    auto tensors = std::move(value).toTensorVector();
    void** handles = static_cast<void**>(std::malloc(std::max<size_t>(tensors.size(), 1) * sizeof(void*)));
    for (size_t i = 0; i < tensors.size(); i++) handles[i] = give(std::move(tensors[i]));
    result.kind = Tensors;
    result.count = static_cast<int32_t>(tensors.size());
    result.pointer = handles;
  } else {
    TORCH_CHECK(value.isNone(), "result type ", value.tagKind(), " is not known");
  }
  return result;
}

}  // namespace

HOST_API const char* host_error() { return last_error.c_str(); }

HOST_API const char* host_version() { return TORCH_VERSION; }

HOST_API void host_free(void* memory) { std::free(memory); }

// ---- operators ----

HOST_API void* host_find(const char* name, const char* overload) {
  return guarded<>(static_cast<void*>(nullptr), [&]() -> void* {
    auto handle = c10::Dispatcher::singleton().findSchemaOrThrow(name, overload);
    std::vector<bool> wants_float;
    for (const auto& argument : handle.schema().arguments())
      wants_float.push_back(argument.type()->kind() == c10::TypeKind::FloatType);
    return new Operator{handle, std::move(wants_float)};
  });
}

// Calls an operator with the first `count` of its arguments (the others take their defaults) and
// returns how many results it wrote, or -1.
HOST_API int32_t host_call(void* op, const Value* arguments, int32_t count, Value* results, int32_t capacity) {
  return guarded(-1, [&]() -> int32_t {
    const auto& target = *static_cast<Operator*>(op);
    const auto& schema = target.handle.schema();
    const auto& expected = schema.arguments();
    TORCH_CHECK(static_cast<size_t>(count) <= expected.size(), schema, " got ", count, " arguments");
    torch::jit::Stack stack;
    stack.reserve(expected.size());
    for (int32_t i = 0; i < count; i++) stack.push_back(unpack(arguments[i], target.wants_float[i]));
    for (size_t i = count; i < expected.size(); i++) {
      const auto& fallback = expected[i].default_value();
      TORCH_CHECK(fallback.has_value(), schema, " needs a value for '", expected[i].name(), "'");
      stack.push_back(*fallback);
    }
    target.handle.callBoxed(stack);
    const int32_t written = std::min<int32_t>(static_cast<int32_t>(stack.size()), capacity);
    for (int32_t i = 0; i < written; i++) results[i] = pack(std::move(stack[i]));
    return written;
  });
}

// ---- tensors ----

HOST_API void host_release(void* tensor) {
  attempt([&] { c10::intrusive_ptr<Impl, c10::UndefinedTensorImpl>::reclaim(static_cast<Impl*>(tensor)); });
}

HOST_API int64_t host_dim(void* tensor) { return guarded<>(int64_t{-1}, [&] { return view(tensor).dim(); }); }

HOST_API int64_t host_numel(void* tensor) { return guarded<>(int64_t{-1}, [&] { return view(tensor).numel(); }); }

HOST_API int32_t host_sizes(void* tensor, int64_t* sizes) {
  return attempt([&] {
    auto all = view(tensor).sizes();
    std::copy(all.begin(), all.end(), sizes);
  });
}

HOST_API int32_t host_strides(void* tensor, int64_t* strides) {
  return attempt([&] {
    auto all = view(tensor).strides();
    std::copy(all.begin(), all.end(), strides);
  });
}

HOST_API int64_t host_storage_offset(void* tensor) {
  return guarded<>(int64_t{-1}, [&] { return view(tensor).storage_offset(); });
}

HOST_API int32_t host_dtype(void* tensor) { return static_cast<int32_t>(view(tensor).scalar_type()); }

HOST_API int64_t host_element_size(void* tensor) { return static_cast<int64_t>(view(tensor).dtype().itemsize()); }

HOST_API int32_t host_device_type(void* tensor) { return static_cast<int32_t>(view(tensor).device().type()); }

HOST_API int32_t host_device_index(void* tensor) { return view(tensor).device().index(); }

HOST_API int32_t host_is_sparse(void* tensor) { return view(tensor).is_sparse(); }

HOST_API int32_t host_is_contiguous(void* tensor) {
  return guarded(-1, [&]() -> int32_t { return view(tensor).is_contiguous(); });
}

HOST_API void* host_data(void* tensor) {
  return guarded<>(static_cast<void*>(nullptr), [&] { return view(tensor).data_ptr(); });
}

HOST_API int32_t host_is_leaf(void* tensor) { return view(tensor).is_leaf(); }

HOST_API int32_t host_requires_grad(void* tensor) { return view(tensor).requires_grad(); }

HOST_API int32_t host_set_requires_grad(void* tensor, int32_t value) {
  return attempt([&] { view(tensor).set_requires_grad(value != 0); });
}

HOST_API void* host_grad(void* tensor) {
  return guarded<>(static_cast<void*>(nullptr), [&] { return give(view(tensor).grad()); });
}

HOST_API int32_t host_set_grad(void* tensor, void* grad) {
  return attempt([&] { view(tensor).mutable_grad() = borrow(grad); });
}

HOST_API int32_t host_retain_grad(void* tensor) { return attempt([&] { view(tensor).retain_grad(); }); }

// A tensor over memory that stays the caller's until `release(context)` is called.
HOST_API void* host_from_blob(void* data, const int64_t* sizes, int32_t dims, int32_t dtype,
                              void (*release)(void*), void* context) {
  return guarded<>(static_cast<void*>(nullptr), [&] {
    return give(at::from_blob(
        data, at::IntArrayRef(sizes, dims), [=](void*) { release(context); },
        at::TensorOptions().dtype(static_cast<at::ScalarType>(dtype))));
  });
}

// ---- autograd ----

HOST_API int32_t host_backward(void** tensors, int32_t count, void** grads, int32_t grad_count, int32_t retain,
                               int32_t create, void** inputs, int32_t input_count) {
  return attempt([&] {
    c10::optional<bool> keep = retain < 0 ? c10::optional<bool>() : c10::optional<bool>(retain != 0);
    torch::autograd::backward(borrow_list(tensors, count), borrow_list(grads, grad_count), keep, create != 0,
                              borrow_list(inputs, input_count));
  });
}

HOST_API int32_t host_grad_of(void** outputs, int32_t count, void** inputs, int32_t input_count, void** grads,
                              int32_t grad_count, int32_t retain, int32_t create, int32_t allow_unused,
                              void** results) {
  return attempt([&] {
    auto found = torch::autograd::grad(borrow_list(outputs, count), borrow_list(inputs, input_count),
                                       borrow_list(grads, grad_count), retain != 0, create != 0, allow_unused != 0);
    for (size_t i = 0; i < found.size(); i++) results[i] = give(std::move(found[i]));
  });
}

HOST_API int32_t host_grad_enabled() { return c10::GradMode::is_enabled(); }

HOST_API void host_set_grad_enabled(int32_t value) { c10::GradMode::set_enabled(value != 0); }

HOST_API int32_t host_inference_enabled() { return c10::InferenceMode::is_enabled(); }

HOST_API void* host_enter_inference(int32_t value) { return new c10::InferenceMode(value != 0); }

HOST_API void host_leave_inference(void* guard) { delete static_cast<c10::InferenceMode*>(guard); }

// ---- random numbers ----

HOST_API int32_t host_manual_seed(int64_t seed) {
  return attempt([&] { at::manual_seed(static_cast<uint64_t>(seed)); });
}

HOST_API void* host_default_generator() {
  return guarded<>(static_cast<void*>(nullptr), [&] { return give_generator(at::detail::getDefaultCPUGenerator()); });
}

HOST_API void* host_new_generator(int64_t seed, int32_t device_type, int32_t device_index) {
  return guarded<>(static_cast<void*>(nullptr), [&] {
    at::Generator generator;
    if (device_type == 0) {
      generator = at::detail::createCPUGenerator(static_cast<uint64_t>(seed));
    } else {
      c10::Device device(static_cast<c10::DeviceType>(device_type), static_cast<c10::DeviceIndex>(device_index));
      generator = at::globalContext().defaultGenerator(device).clone();
      generator.set_current_seed(static_cast<uint64_t>(seed));
    }
    return give_generator(std::move(generator));
  });
}

HOST_API void host_release_generator(void* generator) {
  attempt([&] { c10::intrusive_ptr<c10::GeneratorImpl>::reclaim(static_cast<c10::GeneratorImpl*>(generator)); });
}

HOST_API int32_t host_generator_seed(void* generator, int64_t seed) {
  return attempt([&] {
    auto target = borrow_generator(generator);
    std::lock_guard<std::mutex> lock(target.mutex());
    target.set_current_seed(static_cast<uint64_t>(seed));
  });
}

HOST_API int64_t host_generator_initial_seed(void* generator) {
  return guarded<>(int64_t{0}, [&] { return static_cast<int64_t>(borrow_generator(generator).current_seed()); });
}

HOST_API void* host_generator_state(void* generator) {
  return guarded<>(static_cast<void*>(nullptr), [&] { return give(borrow_generator(generator).get_state()); });
}

HOST_API int32_t host_set_generator_state(void* generator, void* state) {
  return attempt([&] { borrow_generator(generator).set_state(borrow(state)); });
}

// ---- devices and threads ----

HOST_API int32_t host_cuda_count() {
  return guarded(0, []() -> int32_t {
    return at::hasCUDA() ? static_cast<int32_t>(at::detail::getCUDAHooks().getNumGPUs()) : 0;
  });
}

HOST_API int32_t host_cudnn_available() {
  return guarded(0, []() -> int32_t { return at::hasCUDA() && at::detail::getCUDAHooks().hasCuDNN(); });
}

HOST_API int32_t host_cuda_seed(int64_t seed) {
  return attempt([&] {
    const int32_t count = host_cuda_count();
    for (int32_t i = 0; i < count; i++) {
      auto generator = at::globalContext().defaultGenerator(c10::Device(c10::kCUDA, static_cast<c10::DeviceIndex>(i)));
      std::lock_guard<std::mutex> lock(generator.mutex());
      generator.set_current_seed(static_cast<uint64_t>(seed));
    }
  });
}

HOST_API int32_t host_cuda_synchronize(int32_t device) {
  return attempt([&] {
    at::detail::getCUDAHooks().deviceSynchronize(device < 0 ? at::detail::getCUDAHooks().current_device() : device);
  });
}

HOST_API int32_t host_get_threads() { return at::get_num_threads(); }

HOST_API int32_t host_set_threads(int32_t count) { return attempt([&] { at::set_num_threads(count); }); }

HOST_API int32_t host_get_interop_threads() { return static_cast<int32_t>(at::get_num_interop_threads()); }

HOST_API int32_t host_set_interop_threads(int32_t count) {
  return attempt([&] { at::set_num_interop_threads(count); });
}

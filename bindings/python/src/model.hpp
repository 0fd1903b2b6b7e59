#pragma once

#include <concepts>
#include <functional>
#include <memory>
#include <typeinfo>

#include "callqueue/json.hpp"
#include "casters.hpp"

namespace callqueue::python {

/// One attribute of a model, seen without its types.
struct Field {
  const char* name;
  std::string annotation;
  std::function<py::object(const void*)> get;
  std::function<void(void*, py::handle)> set;
  bool in_repr = true;
};

/// What Python's side of a model is made from.
struct ModelInfo {
  std::string name;
  const std::type_info* type = nullptr;
  std::vector<Field> fields;
  bool (*equal)(const void*, const void*) = nullptr;  ///< None: field by field.
  std::string (*json)(const void*) = nullptr;         ///< None: it has none.
  py::object (*copy)(const void*) = nullptr;

  [[nodiscard]] const Field* find(std::string_view field) const;
};

/// Sets fields from keywords. @throws TypeError for a keyword that is no field.
void fill(const ModelInfo& info, void* model, const py::dict& values);
/// Gives the class its attributes (those that are not there already), `repr`, `==`, copies, JSON.
void finish_model(py::handle type, const ModelInfo& info);
void add_property(py::handle type, const ModelInfo& info, std::size_t index, const char* doc);
/// TypeError: the field does not take such an object.
[[noreturn]] void wrong_type(const char* field, py::handle value);

template <class T>
inline constexpr bool is_id = false;
template <class Tag>
inline constexpr bool is_id<Id<Tag>> = true;
template <class T>
concept HasJson = requires(const T& model) {
  { to_json(model) } -> std::same_as<std::string>;
};
template <class T>
concept Bound = std::is_base_of_v<py::detail::type_caster_generic, py::detail::make_caster<T>>;

/// Replaces each `%` by the name of a bound type, in order.
[[nodiscard]] std::string with_type_names(std::string_view text,
                                          const std::type_info* const* types);

/// What the type is called in an annotation.
template <class T>
std::string annotation_of() {
  constexpr auto& name = py::detail::make_caster<T>::name;
  return with_type_names(name.text, name.types().data());
}

template <class T>
T from_python(const char* field, py::handle value) {
  try {
    if constexpr (std::is_same_v<T, std::string>) {
      return text_from(value, field);
    } else if constexpr (std::is_same_v<T, bool>) {
      if (!PyBool_Check(value.ptr())) wrong_type(field, value);
      return value.is(py::handle(Py_True));
    } else {
      if constexpr (is_id<T> || std::is_same_v<T, LocalDate>) {
        if (value.is_none()) return T{};
      }
      py::detail::make_caster<T> caster;
      if (!caster.load(value, true)) wrong_type(field, value);
      return py::detail::cast_op<T>(std::move(caster));
    }
  } catch (const Failed& failed) {
    refuse(failed.error().message, field, failed.error().code);
  }
}

template <class T>
py::object to_python(const T& value) {
  if constexpr (std::is_same_v<T, std::string>) {
    return text_to(value);
  } else {
    return py::cast(value);
  }
}

/// Binds a struct of the library as a class that works like a dataclass: made by keywords, compared
/// by value, shown by its fields.
template <class T>
class Model {
 public:
  Model(py::module_& m, const char* name, const char* doc) : type_(m, name, doc) {
    info().name = name;
    info().type = &typeid(T);
    if constexpr (std::equality_comparable<T>) {
      info().equal = [](const void* a, const void* b) {
        return *static_cast<const T*>(a) == *static_cast<const T*>(b);
      };
    }
    if constexpr (HasJson<T>) {
      info().json = [](const void* model) { return to_json(*static_cast<const T*>(model)); };
    }
    info().copy = [](const void* model) { return py::cast(T(*static_cast<const T*>(model))); };
    type_.def(py::init([](const py::kwargs& values) {
      auto made = std::make_unique<T>();
      fill(info(), made.get(), values);
      return made;
    }));
  }
  ~Model() { finish_model(type_, info()); }
  Model(const Model&) = delete;
  Model& operator=(const Model&) = delete;

  /// An attribute. A model within the model is the same one for Python: what is set on it is set
  /// here.
  template <class M>
  Model& field(const char* name, M T::*member, const char* doc) {
    add(
        name, annotation_of<M>(), [member](const T& model) { return to_python(model.*member); },
        [member, name](T& model, py::handle value) {
          model.*member = from_python<M>(name, value);
        });
    if constexpr (Bound<M>) {
      type_.def_property(
          name, [member](T& model) -> M& { return model.*member; },
          [member, name](T& model, const py::object& value) {
            model.*member = from_python<M>(name, value);
          },
          py::return_value_policy::reference_internal, doc);
    } else {
      add_property(type_, info(), info().fields.size() - 1, doc);
    }
    return *this;
  }
  /// An attribute that Python sees as another type: `As` holds `value`.
  template <class As, class M>
  Model& field_as(const char* name, M T::*member, const char* doc) {
    add(
        name, annotation_of<As>(), [member](const T& model) { return py::cast(As{model.*member}); },
        [member, name](T& model, py::handle value) {
          model.*member = from_python<As>(name, value).value;
        });
    add_property(type_, info(), info().fields.size() - 1, doc);
    return *this;
  }
  /// The field that was added last holds personal data: it is not shown by `repr`.
  Model& private_field() {
    info().fields.back().in_repr = false;
    return *this;
  }
  [[nodiscard]] py::class_<T>& type() { return type_; }

 private:
  static ModelInfo& info() {
    static ModelInfo& of_type = *new ModelInfo;  // Lives as long as the class.
    return of_type;
  }
  template <class Get, class Set>
  void add(const char* name, std::string annotation, Get get, Set set) {
    info().fields.push_back(
        {name, std::move(annotation),
         [get](const void* model) { return get(*static_cast<const T*>(model)); },
         [set](void* model, py::handle value) { set(*static_cast<T*>(model), value); }});
  }

  py::class_<T> type_;
};

}  // namespace callqueue::python

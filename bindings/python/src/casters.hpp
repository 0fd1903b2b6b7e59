#pragma once

// How values of the library become Python's and back. Include it in every source that binds
// something.

#include <pybind11/pybind11.h>
#include <pybind11/stl.h>

#include <algorithm>
#include <chrono>
#include <string>

#include "callqueue/call_campaign.hpp"
#include "callqueue/import.hpp"
#include "callqueue/page.hpp"
#include "callqueue/time.hpp"
#include "callqueue/time_zone.hpp"
#include "callqueue/uuid.hpp"
#include "python_types.hpp"

namespace callqueue::python {

/// A time of day: `datetime.time`, or text as `24:00`.
struct DayTime {
  TimeOfDay value{};
};
/// A JSON text that is a `dict` in Python.
struct JsonObject {
  std::string value;
};
/// The name of a zone; takes a `zoneinfo.ZoneInfo` too.
struct ZoneName {
  std::string value;
};
/// Hours of a week: seven lists of windows, Monday first.
struct Week {
  WeeklyWindows value;
};
/// The same where there may be none.
struct OptionalWeek {
  std::optional<WeeklyWindows> value;
};

/// A name that is part of a type.
template <std::size_t Size>
struct FieldName {
  constexpr FieldName(const char (&name)[Size]) { std::copy_n(name, Size, text); }
  char text[Size]{};
};
/// An argument of a function: what is wrong with it is told under its own name, not its type's.
template <class T, FieldName name>
struct Named {
  T value{};
  operator const T&() const noexcept { return value; }
};
template <FieldName name>
using NamedInstant = Named<Instant, name>;
template <FieldName name>
using NamedSeconds = Named<std::chrono::seconds, name>;
template <FieldName name>
using NamedMilliseconds = Named<std::chrono::milliseconds, name>;

[[nodiscard]] Uuid uuid_from(py::handle value, const char* field);
[[nodiscard]] py::object uuid_to(const Uuid& uuid);
/// @throws Failed (`instant`) for a naive `datetime`.
[[nodiscard]] Instant instant_from(py::handle value);
[[nodiscard]] py::object instant_to(Instant at);
[[nodiscard]] LocalDate date_from(py::handle value);
[[nodiscard]] py::object date_to(LocalDate date);
[[nodiscard]] TimeOfDay day_time_from(py::handle value);
[[nodiscard]] py::object day_time_to(TimeOfDay time);
[[nodiscard]] bool is_timedelta(py::handle value);
/// @throws Failed (`duration`) for one that is no multiple of `unit`.
[[nodiscard]] std::chrono::microseconds duration_from(py::handle value,
                                                      std::chrono::microseconds unit);
[[nodiscard]] py::object duration_to(std::chrono::microseconds duration);
[[nodiscard]] std::string json_from(py::handle value);
[[nodiscard]] py::object json_to(const std::string& json);
[[nodiscard]] std::string zone_name_from(py::handle value);
[[nodiscard]] TimeZone zone_from(py::handle value);
[[nodiscard]] bool is_zone(py::handle value);
[[nodiscard]] WeeklyWindows week_from(py::handle value);
[[nodiscard]] py::object week_to(const WeeklyWindows& windows);

/// What an id of this kind is called where a function takes it.
template <class Tag>
inline constexpr const char* id_name = "id";
template <>
inline constexpr const char* id_name<UserTag> = "user_id";
template <>
inline constexpr const char* id_name<AgentTag> = "agent_id";
template <>
inline constexpr const char* id_name<ContactTag> = "contact_id";
template <>
inline constexpr const char* id_name<CampaignTag> = "campaign_id";
template <>
inline constexpr const char* id_name<QueuedCallTag> = "queue_id";
template <>
inline constexpr const char* id_name<CallTag> = "call_id";
template <>
inline constexpr const char* id_name<ImportTag> = "import_id";

/// One page of a list, for Python.
struct PythonPage {
  py::list items;
  std::string next_cursor;
};

/// What an enumerator is called where a function takes it.
inline constexpr char status_field[] = "status";
inline constexpr char outcome_field[] = "outcome";
inline constexpr char call_type_field[] = "call_type";
inline constexpr char clock_field[] = "clock";
inline constexpr char durability_field[] = "durability";
inline constexpr char kind_field[] = "kind";
inline constexpr char format_field[] = "format";
inline constexpr char severity_field[] = "severity";

/// Whether it is a string, and no `None`: what else a `datetime` or an id may be written as.
[[nodiscard]] inline bool is_text(py::handle value) { return PyUnicode_Check(value.ptr()) != 0; }

}  // namespace callqueue::python

namespace pybind11::detail {

namespace cq = callqueue::python;

template <class Tag>
struct type_caster<callqueue::Id<Tag>> {
  PYBIND11_TYPE_CASTER(callqueue::Id<Tag>, const_name("UUID"));

  bool load(handle source, bool) {
    if (!isinstance(source, cq::python_types().uuid) && !cq::is_text(source)) return false;
    value = {cq::uuid_from(source, cq::id_name<Tag>)};
    return true;
  }
  static handle cast(const callqueue::Id<Tag>& id, return_value_policy, handle) {
    return cq::uuid_to(id.value).release();
  }
};

template <>
struct type_caster<callqueue::Instant> {
  PYBIND11_TYPE_CASTER(callqueue::Instant, const_name("datetime"));

  bool load(handle source, bool);
  static handle cast(callqueue::Instant at, return_value_policy, handle) {
    return cq::instant_to(at).release();
  }
};

template <class T, cq::FieldName field>
struct type_caster<cq::Named<T, field>> {
  using Argument = cq::Named<T, field>;
  PYBIND11_TYPE_CASTER(Argument, make_caster<T>::name);

  bool load(handle source, bool convert) {
    make_caster<T> caster;
    try {
      if (!caster.load(source, convert)) return false;
    } catch (const cq::Failed& failed) {
      cq::refuse(failed.error().message, field.text, failed.error().code);
    }
    value.value = cast_op<T>(std::move(caster));
    return true;
  }
};

template <>
struct type_caster<callqueue::LocalDate> {
  PYBIND11_TYPE_CASTER(callqueue::LocalDate, const_name("date"));

  bool load(handle source, bool);
  static handle cast(callqueue::LocalDate date, return_value_policy, handle) {
    return cq::date_to(date).release();
  }
};

template <class Rep, class Period>
struct type_caster<std::chrono::duration<Rep, Period>> {
  using Duration = std::chrono::duration<Rep, Period>;
  PYBIND11_TYPE_CASTER(Duration, const_name("timedelta"));

  bool load(handle source, bool) {
    if (!cq::is_timedelta(source)) return false;
    if constexpr (std::ratio_less_v<Period, std::micro>) {
      value = cq::duration_from(source, std::chrono::microseconds{1});
    } else {
      value = std::chrono::duration_cast<Duration>(cq::duration_from(
          source, std::chrono::duration_cast<std::chrono::microseconds>(Duration{1})));
    }
    return true;
  }
  static handle cast(Duration duration, return_value_policy, handle) {
    return cq::duration_to(std::chrono::duration_cast<std::chrono::microseconds>(duration))
        .release();
  }
};

template <>
struct type_caster<cq::DayTime> {
  PYBIND11_TYPE_CASTER(cq::DayTime, const_name("time"));

  bool load(handle source, bool);
  static handle cast(const cq::DayTime& time, return_value_policy, handle) {
    return cq::day_time_to(time.value).release();
  }
};

template <>
struct type_caster<cq::JsonObject> {
  PYBIND11_TYPE_CASTER(cq::JsonObject, const_name("Dict[str, Any]"));

  bool load(handle source, bool) {
    if (!isinstance<dict>(source) && !cq::is_text(source) && !source.is_none()) return false;
    value.value = cq::json_from(source);
    return true;
  }
  static handle cast(const cq::JsonObject& json, return_value_policy, handle) {
    return cq::json_to(json.value).release();
  }
};

template <>
struct type_caster<cq::ZoneName> {
  PYBIND11_TYPE_CASTER(cq::ZoneName, const_name("ZoneName"));

  bool load(handle source, bool) {
    if (!cq::is_text(source) && !cq::is_zone(source)) return false;
    value.value = cq::zone_name_from(source);
    return true;
  }
  static handle cast(const cq::ZoneName& zone, return_value_policy, handle) {
    return cq::text_to(zone.value).release();
  }
};

template <>
struct type_caster<callqueue::TimeZone> {
  PYBIND11_TYPE_CASTER(callqueue::TimeZone, const_name("ZoneInfo"));

  bool load(handle source, bool) {
    if (!cq::is_text(source) && !cq::is_zone(source)) return false;
    value = cq::zone_from(source);
    return true;
  }
};

template <>
struct type_caster<cq::Week> {
  PYBIND11_TYPE_CASTER(cq::Week, const_name("Week"));

  bool load(handle source, bool) {
    if (!isinstance<sequence>(source) || cq::is_text(source)) return false;
    value.value = cq::week_from(source);
    return true;
  }
  static handle cast(const cq::Week& week, return_value_policy, handle) {
    return cq::week_to(week.value).release();
  }
};

template <>
struct type_caster<cq::OptionalWeek> {
  PYBIND11_TYPE_CASTER(cq::OptionalWeek, const_name("Optional[Week]"));

  bool load(handle source, bool convert) {
    if (source.is_none()) return true;
    type_caster<cq::Week> week;
    if (!week.load(source, convert)) return false;
    value.value = cast_op<cq::Week>(std::move(week)).value;
    return true;
  }
  static handle cast(const cq::OptionalWeek& week, return_value_policy, handle) {
    return week.value ? cq::week_to(*week.value).release() : none().release();
  }
};

/// Enumerators are members of `enum.Enum` classes; their text will do as well. `field` is what one
/// is called where a function takes it.
template <class E, const char* field>
struct enum_caster {
  PYBIND11_TYPE_CASTER(E, const_name("Enum"));

  bool load(handle source, bool) {
    using Members = cq::EnumMembers<E>;
    const auto found = [&](handle member) {
      for (std::size_t i = 0; i < Members::members.size(); ++i) {
        if (Members::members[i].is(member)) {
          value = static_cast<E>(i);
          return true;
        }
      }
      return false;
    };
    if (found(source)) return true;
    if (!cq::is_text(source)) return false;
    try {
      return found(Members::type(source));
    } catch (error_already_set&) {
      cq::refuse("not one of " + std::string(str(Members::type.attr("_texts")())), field);
    }
  }
  static handle cast(E enumerator, return_value_policy, handle) {
    return cq::EnumMembers<E>::members.at(static_cast<std::size_t>(enumerator)).inc_ref();
  }
};

template <class T>
struct type_caster<callqueue::PageOf<T>> {
  PYBIND11_TYPE_CASTER(callqueue::PageOf<T>,
                       const_name("Page[") + make_caster<T>::name + const_name("]"));

  static handle cast(callqueue::PageOf<T>&& page, return_value_policy, handle) {
    return pybind11::cast(cq::PythonPage{list(pybind11::cast(std::move(page.items))),
                                         std::move(page.next_cursor)})
        .release();
  }
};

/// Where several things are asked for at once: each has its value, or its error as an object.
template <class T>
struct type_caster<callqueue::Result<T>> {
  PYBIND11_TYPE_CASTER(callqueue::Result<T>,
                       const_name("Union[") + make_caster<T>::name + const_name(", Error]"));

  bool load(handle, bool) { return false; }
  static handle cast(const callqueue::Result<T>& result, return_value_policy, handle) {
    if (!result) return cq::to_exception(result.error()).release();
    return pybind11::cast(*result).release();
  }
};

/// Only in the namespace of pybind11.
#define CALLQUEUE_ENUM_CASTER(Enum, text, field)        \
  template <>                                           \
  struct type_caster<Enum> : enum_caster<Enum, field> { \
    static constexpr auto name = const_name(text);      \
  }

CALLQUEUE_ENUM_CASTER(callqueue::CampaignStatus, "CampaignStatus", cq::status_field);
CALLQUEUE_ENUM_CASTER(callqueue::QueuedCallStatus, "QueuedCallStatus", cq::status_field);
CALLQUEUE_ENUM_CASTER(callqueue::CallStatus, "CallStatus", cq::status_field);
CALLQUEUE_ENUM_CASTER(callqueue::CallOutcome, "CallOutcome", cq::outcome_field);
CALLQUEUE_ENUM_CASTER(callqueue::CallType, "CallType", cq::call_type_field);
CALLQUEUE_ENUM_CASTER(callqueue::CallClock, "CallClock", cq::clock_field);

}  // namespace pybind11::detail

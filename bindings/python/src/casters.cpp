#include "casters.hpp"

#include <datetime.h>

#include <array>

namespace callqueue::python {
namespace {

constexpr std::int64_t microseconds_a_second = 1'000'000;

py::object owned(PyObject* made) {
  if (made == nullptr) throw py::error_already_set();
  return py::reinterpret_steal<py::object>(made);
}

PythonTypes& types() {
  static PythonTypes of_process;
  return of_process;
}

}  // namespace

const PythonTypes& python_types() { return types(); }

void register_python_types(py::module_&) {
  PyDateTime_IMPORT;
  const auto taken = [](const char* module, const char* name) {
    return py::object(py::module_::import(module).attr(name)).release();
  };
  types() = {.uuid = taken("uuid", "UUID"),
             .uuid_int = py::str("int").release(),
             .uuid_is_safe = py::str("is_safe").release(),
             .uuid_safety =
                 py::object(py::module_::import("uuid").attr("SafeUUID").attr("unknown")).release(),
             .json_dumps = taken("callqueue._json", "dumps"),
             .json_loads = taken("callqueue._json", "loads"),
             .error_of = taken("callqueue._errors", "error_of"),
             .end_of_day = taken("callqueue._enums", "END_OF_DAY"),
             .utc = PyDateTime_TimeZone_UTC};
}

py::object to_exception(const Error& error) {
  return python_types().error_of(static_cast<int>(error.code), text_to(error.message),
                                 text_to(error.field));
}

std::string text_from(py::handle value, const char* field) {
  if (!is_text(value)) {
    throw py::type_error(std::string(field) + " takes a str, not " + Py_TYPE(value.ptr())->tp_name);
  }
  Py_ssize_t size = 0;
  const char* text = PyUnicode_AsUTF8AndSize(value.ptr(), &size);
  if (text == nullptr) {
    PyErr_Clear();
    refuse("the text holds surrogates, which are no characters", field);
  }
  return {text, static_cast<std::size_t>(size)};
}

py::object text_to(const std::string& text) {
  return owned(PyUnicode_DecodeUTF8(text.data(), static_cast<Py_ssize_t>(text.size()), "replace"));
}

Uuid uuid_from(py::handle value, const char* field) {
  if (is_text(value)) return value_of(parse_uuid(text_from(value, field), field));
  const auto number = owned(PyObject_GetAttr(value.ptr(), python_types().uuid_int.ptr()));
  Uuid uuid;
#if PY_VERSION_HEX >= 0x030D0000
  const bool fits =
      PyLong_AsNativeBytes(number.ptr(), uuid.bytes.data(), uuid.bytes.size(),
                           Py_ASNATIVEBYTES_BIG_ENDIAN | Py_ASNATIVEBYTES_UNSIGNED_BUFFER) >= 0;
#else
  const bool fits = PyLong_Check(number.ptr()) &&
                    _PyLong_AsByteArray(reinterpret_cast<PyLongObject*>(number.ptr()),
                                        uuid.bytes.data(), uuid.bytes.size(), 0, 0) == 0;
#endif
  if (!fits) throw py::error_already_set();
  return uuid;
}

py::object uuid_to(const Uuid& uuid) {
  // As `uuid.UUID(bytes=…)` does it in Python, which takes four times as long.
  const auto number = owned(_PyLong_FromByteArray(uuid.bytes.data(), uuid.bytes.size(), 0, 0));
  auto* type = reinterpret_cast<PyTypeObject*>(python_types().uuid.ptr());
  const py::tuple nothing;
  auto made = owned(type->tp_new(type, nothing.ptr(), nullptr));
  const auto set = [&](py::handle name, py::handle value) {
    if (PyObject_GenericSetAttr(made.ptr(), name.ptr(), value.ptr()) != 0) {
      throw py::error_already_set();
    }
  };
  set(python_types().uuid_int, number);
  set(python_types().uuid_is_safe, python_types().uuid_safety);
  return made;
}

Instant instant_from(py::handle value) {
  PyObject* at = value.ptr();
  if (PyDateTime_DATE_GET_TZINFO(at) == Py_None || value.attr("utcoffset")().is_none()) {
    refuse("the datetime is naive: give it a tzinfo, as in datetime.now(timezone.utc)", "instant");
  }
  py::object in_utc;
  if (PyDateTime_DATE_GET_TZINFO(at) != python_types().utc.ptr()) {
    in_utc = value.attr("astimezone")(python_types().utc);
    at = in_utc.ptr();
  }
  using namespace std::chrono;
  const year_month_day date{year{PyDateTime_GET_YEAR(at)},
                            month{static_cast<unsigned>(PyDateTime_GET_MONTH(at))},
                            day{static_cast<unsigned>(PyDateTime_GET_DAY(at))}};
  return sys_days{date} + hours{PyDateTime_DATE_GET_HOUR(at)} +
         minutes{PyDateTime_DATE_GET_MINUTE(at)} + seconds{PyDateTime_DATE_GET_SECOND(at)} +
         microseconds{PyDateTime_DATE_GET_MICROSECOND(at)};
}

py::object instant_to(Instant at) {
  const auto midnight = std::chrono::floor<std::chrono::days>(at);
  const std::chrono::year_month_day date{midnight};
  if (date.year() < std::chrono::year{1} || date.year() > std::chrono::year{9999}) {
    refuse("the instant lies outside the years that a datetime can hold", "instant");
  }
  const std::chrono::hh_mm_ss time{at - midnight};
  return owned(PyDateTimeAPI->DateTime_FromDateAndTime(
      static_cast<int>(date.year()), static_cast<int>(static_cast<unsigned>(date.month())),
      static_cast<int>(static_cast<unsigned>(date.day())), static_cast<int>(time.hours().count()),
      static_cast<int>(time.minutes().count()), static_cast<int>(time.seconds().count()),
      static_cast<int>(time.subseconds().count()), python_types().utc.ptr(),
      PyDateTimeAPI->DateTimeType));
}

LocalDate date_from(py::handle value) {
  PyObject* date = value.ptr();
  return LocalDate{std::chrono::year{PyDateTime_GET_YEAR(date)},
                   std::chrono::month{static_cast<unsigned>(PyDateTime_GET_MONTH(date))},
                   std::chrono::day{static_cast<unsigned>(PyDateTime_GET_DAY(date))}};
}

py::object date_to(LocalDate date) {
  if (!date.ok()) return py::none();
  return owned(PyDate_FromDate(static_cast<int>(date.year()),
                               static_cast<int>(static_cast<unsigned>(date.month())),
                               static_cast<int>(static_cast<unsigned>(date.day()))));
}

TimeOfDay day_time_from(py::handle value) {
  if (is_text(value)) return value_of(parse_time_of_day(text_from(value, "time"), "time"));
  if (value.equal(python_types().end_of_day)) return std::chrono::hours{24};
  PyObject* time = value.ptr();
  if (PyDateTime_TIME_GET_TZINFO(time) != Py_None) {
    refuse("a time of day is local to the zone of its campaign: it takes no tzinfo", "time");
  }
  if (PyDateTime_TIME_GET_MICROSECOND(time) != 0) {
    refuse("a time of day has whole seconds; 24:00 is callqueue.END_OF_DAY", "time");
  }
  return std::chrono::hours{PyDateTime_TIME_GET_HOUR(time)} +
         std::chrono::minutes{PyDateTime_TIME_GET_MINUTE(time)} +
         std::chrono::seconds{PyDateTime_TIME_GET_SECOND(time)};
}

py::object day_time_to(TimeOfDay time) {
  constexpr TimeOfDay day{86'400};
  if (time < TimeOfDay{0} || time > day) refuse("no time of day", "time");
  if (time == day) return py::reinterpret_borrow<py::object>(python_types().end_of_day);
  const std::chrono::hh_mm_ss clock{time};
  return owned(PyTime_FromTime(static_cast<int>(clock.hours().count()),
                               static_cast<int>(clock.minutes().count()),
                               static_cast<int>(clock.seconds().count()), 0));
}

bool is_timedelta(py::handle value) { return PyDelta_Check(value.ptr()); }

std::chrono::microseconds duration_from(py::handle value, std::chrono::microseconds unit) {
  const std::chrono::microseconds duration =
      std::chrono::days{PyDateTime_DELTA_GET_DAYS(value.ptr())} +
      std::chrono::seconds{PyDateTime_DELTA_GET_SECONDS(value.ptr())} +
      std::chrono::microseconds{PyDateTime_DELTA_GET_MICROSECONDS(value.ptr())};
  if (duration % unit != std::chrono::microseconds{0}) {
    refuse(unit == std::chrono::seconds{1} ? "the duration has to be whole seconds"
                                           : "the duration has to be whole milliseconds",
           "duration");
  }
  return duration;
}

py::object duration_to(std::chrono::microseconds duration) {
  const auto days = std::chrono::floor<std::chrono::days>(duration);
  const auto rest = (duration - days).count();
  return owned(PyDelta_FromDSU(static_cast<int>(days.count()),
                               static_cast<int>(rest / microseconds_a_second),
                               static_cast<int>(rest % microseconds_a_second)));
}

std::string json_from(py::handle value) {
  if (value.is_none()) return {};
  if (is_text(value)) return text_from(value, "user_data");
  return text_from(python_types().json_dumps(value), "user_data");
}

py::object json_to(const std::string& json) { return python_types().json_loads(text_to(json)); }

bool is_zone(py::handle value) { return py::hasattr(value, "key"); }

std::string zone_name_from(py::handle value) {
  if (is_text(value)) return text_from(value, "timezone");
  const py::object key = value.attr("key");
  if (!is_text(key)) refuse("the zone has no name", "timezone");
  return text_from(key, "timezone");
}

TimeZone zone_from(py::handle value) {
  return value_of(TimeZone::load(zone_name_from(value), "timezone"));
}

WeeklyWindows week_from(py::handle value) {
  const auto days = py::reinterpret_borrow<py::sequence>(value);
  WeeklyWindows windows;
  if (days.size() != windows.size()) refuse("a week has seven days, Monday first", "windows");
  for (std::size_t day = 0; day < windows.size(); ++day) {
    const py::object of_day = days[day];
    for (const auto& window : of_day) {
      if (py::isinstance<CallingWindow>(window)) {
        windows[day].push_back(window.cast<CallingWindow>());
        continue;
      }
      const auto [opens, closes] = window.cast<std::pair<DayTime, DayTime>>();
      windows[day].push_back({opens.value, closes.value});
    }
  }
  return windows;
}

py::object week_to(const WeeklyWindows& windows) {
  py::list days;
  for (const auto& day : windows) days.append(py::cast(day));
  return days;
}

}  // namespace callqueue::python

namespace pybind11::detail {

bool type_caster<callqueue::Instant>::load(handle source, bool) {
  if (!PyDateTime_Check(source.ptr())) return false;
  value = cq::instant_from(source);
  return true;
}

bool type_caster<callqueue::LocalDate>::load(handle source, bool) {
  // A datetime is a date, too, but of which zone?
  if (!PyDate_Check(source.ptr()) || PyDateTime_Check(source.ptr())) return false;
  value = cq::date_from(source);
  return true;
}

bool type_caster<cq::DayTime>::load(handle source, bool) {
  if (!PyTime_Check(source.ptr()) && !cq::is_text(source)) return false;
  value.value = cq::day_time_from(source);
  return true;
}

}  // namespace pybind11::detail

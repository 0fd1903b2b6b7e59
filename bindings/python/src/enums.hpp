#pragma once

#include "callqueue/campaign_export.hpp"
#include "callqueue/dialer.hpp"
#include "callqueue/schema.hpp"
#include "callqueue/store.hpp"
#include "casters.hpp"

namespace callqueue::python {

using Durability = StoreOptions::Durability;

}  // namespace callqueue::python

namespace pybind11::detail {

CALLQUEUE_ENUM_CASTER(callqueue::StoreOptions::Durability, "Durability", cq::durability_field);
CALLQUEUE_ENUM_CASTER(callqueue::DialResult::Kind, "DialKind", cq::kind_field);
CALLQUEUE_ENUM_CASTER(callqueue::LookupResult::Kind, "LookupKind", cq::kind_field);
CALLQUEUE_ENUM_CASTER(callqueue::ExportFormat, "ExportFormat", cq::format_field);
CALLQUEUE_ENUM_CASTER(callqueue::ImportOutcome, "ImportOutcome", cq::outcome_field);
CALLQUEUE_ENUM_CASTER(callqueue::PreflightFinding::Severity, "Severity", cq::severity_field);

}  // namespace pybind11::detail

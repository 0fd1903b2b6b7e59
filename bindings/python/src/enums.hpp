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

CALLQUEUE_ENUM_CASTER(callqueue::StoreOptions::Durability, "Durability");
CALLQUEUE_ENUM_CASTER(callqueue::DialResult::Kind, "DialKind");
CALLQUEUE_ENUM_CASTER(callqueue::LookupResult::Kind, "LookupKind");
CALLQUEUE_ENUM_CASTER(callqueue::ExportFormat, "ExportFormat");
CALLQUEUE_ENUM_CASTER(callqueue::ImportOutcome, "ImportOutcome");
CALLQUEUE_ENUM_CASTER(callqueue::PreflightFinding::Severity, "Severity");

}  // namespace pybind11::detail

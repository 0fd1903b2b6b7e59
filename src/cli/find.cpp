#include "cli/find.hpp"

#include <algorithm>

namespace callqueue::cli {
namespace {

template <class AnyId>
AnyId read_id(const std::string& text, const char* what) {
  const auto id = parse_id<AnyId>(text);
  if (!id) throw Refused{std::string(what) + " " + text + " is not an id", kUsage};
  return *id;
}

/// Looks for a row among the users in turn. An error other than "not found" ends the search.
template <class T, class Find>
T find_among(Store& store, const std::string& user, const char* what, const std::string& text,
             Find find) {
  for (const auto& owner : find_users(store, user)) {
    Result<T> found = find(owner.id);
    if (found) return *std::move(found);
    if (found.error().code != ErrorCode::not_found) throw refused_by(found.error());
  }
  throw Refused{std::string("there is no ") + what + " " + text};
}

}  // namespace

User find_user(Store& store, const std::string& text) {
  if (const auto id = parse_id<UserId>(text)) return value(store.find_user(*id));
  const auto users = all_pages<User>([&](const Page& page) { return store.list_users(page); });
  const auto named = std::find_if(users.begin(), users.end(),
                                  [&](const User& user) { return user.email == text; });
  if (text.empty() || named == users.end()) {
    throw Refused{"there is no user with the id or e-mail address " + text};
  }
  return *named;
}

std::vector<User> find_users(Store& store, const std::string& text) {
  if (!text.empty()) return {find_user(store, text)};
  return all_pages<User>([&](const Page& page) { return store.list_users(page); });
}

Agent find_agent(Store& store, UserId user_id, const std::string& text) {
  if (const auto id = parse_id<AgentId>(text)) return value(store.find_agent(user_id, *id));
  std::vector<Agent> named;
  for (auto& agent :
       all_pages<Agent>([&](const Page& page) { return store.list_agents(user_id, page); })) {
    if (agent.name == text) named.push_back(std::move(agent));
  }
  if (named.empty()) throw Refused{"the user has no agent with the id or name " + text};
  if (named.size() > 1) throw Refused{"several agents are named " + text + ": give the id"};
  return named.front();
}

CallCampaign find_campaign(Store& store, const std::string& user, const std::string& id) {
  const auto campaign_id = read_id<CampaignId>(id, "campaign");
  return find_among<CallCampaign>(store, user, "campaign", id, [&](UserId owner) {
    return store.find_campaign(owner, campaign_id);
  });
}

QueuedCall find_queued_call(Store& store, const std::string& user, const std::string& id) {
  const auto queued_id = read_id<QueuedCallId>(id, "queued call");
  return find_among<QueuedCall>(store, user, "queued call", id, [&](UserId owner) {
    return store.find_queued_call(owner, queued_id);
  });
}

Call find_call(Store& store, const std::string& user, const std::string& id) {
  const auto call_id = read_id<CallId>(id, "call");
  return find_among<Call>(store, user, "call", id,
                          [&](UserId owner) { return store.find_call(owner, call_id); });
}

}  // namespace callqueue::cli

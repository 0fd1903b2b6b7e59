#include <cstdio>

#include <fmt/core.h>

#include "callqueue/access_tokens.hpp"
#include "callqueue/json.hpp"
#include "cli/campaign_options.hpp"
#include "cli/command.hpp"
#include "cli/find.hpp"
#include "cli/output.hpp"

namespace callqueue::cli {
namespace {

struct NewToken {
  std::string user;
  bool administrator = false;
  std::string name;
  std::optional<std::chrono::seconds> expires_in;
};

AccessToken token_of(Store& store, const NewToken& wanted) {
  AccessToken token{.name = wanted.name};
  if (wanted.administrator) {
    token.role = AccessRole::administrator;
  } else {
    token.user_id = find_user(store, wanted.user).id;
  }
  if (wanted.expires_in) token.expires_at = value(store.now()) + *wanted.expires_in;
  return token;
}

std::string json_with_secret(const CreatedAccessToken& created) {
  auto json = to_json(created.token);
  json.pop_back();  // The object goes on.
  return json + ",\"secret\":" + json_string(created.secret) + "}";
}

int create_token(Context& context, const NewToken& wanted) {
  if (wanted.administrator == !wanted.user.empty()) {
    throw CLI::RequiredError("exactly one of --user USER and --administrator");
  }
  auto& store = context.store();
  const auto created = value(AccessTokens(store).create(token_of(store, wanted)));
  fmt::print(stderr, "The token is shown this once, only its hash is kept. Its id is {}.\n",
             to_text(created.token.id));
  print_line(context.json ? json_with_secret(created) : created.secret);
  return 0;
}

int list_tokens(Context& context, const std::string& user) {
  auto& store = context.store();
  std::optional<UserId> user_id;
  if (!user.empty()) user_id = find_user(store, user).id;
  const auto tokens = all_pages<AccessToken>(
      [&](const Page& page) { return store.list_access_tokens(user_id, page); });
  if (context.json) {
    print_line(to_json(tokens));
    return 0;
  }
  Table table({"ID", "ROLE", "USER", "NAME", "CREATED", "EXPIRES", "REVOKED"});
  for (const auto& token : tokens) {
    table.add({to_text(token.id), std::string(to_text(token.role)),
               token.user_id ? to_text(*token.user_id) : "-", token.name,
               short_text(token.created_at), short_text(token.expires_at),
               short_text(token.revoked_at)});
  }
  table.print();
  return 0;
}

int revoke_token(Context& context, const std::string& id) {
  const auto token_id = value(parse_id<AccessTokenId>(id, "token_id"));
  const auto revoked = value(context.store().revoke_access_token(token_id));
  print_line(context.json ? to_json(revoked) : "revoked");
  return 0;
}

}  // namespace

void add_token_commands(CLI::App& app, Context& context) {
  auto* group =
      app.add_subcommand("token", "Who may use a server over the library")->require_subcommand(1);

  auto* create = group->add_subcommand("create", "Make an access token; prints it, this once");
  auto wanted = std::make_shared<NewToken>();
  create->add_option("--user", wanted->user, "Whose it is: id or e-mail address");
  create->add_flag("--administrator", wanted->administrator, "It speaks for every user");
  create->add_option("--name", wanted->name, "What it is for")->required();
  create
      ->add_option_function<std::string>(
          "--expires-in",
          [wanted](const std::string& text) { wanted->expires_in = read_duration(text); },
          "How long it is valid, as 12h or 90d; left out: until it is revoked")
      ->type_name("TIME");
  on(create, context, [&context, wanted] { return create_token(context, *wanted); });

  auto* list = group->add_subcommand("list", "Access tokens, without their secrets");
  auto user = std::make_shared<std::string>();
  list->add_option("--user", *user, "Id or e-mail address; none: of all, administrators' too");
  on(list, context, [&context, user] { return list_tokens(context, *user); });

  auto* revoke = group->add_subcommand("revoke", "End an access token");
  auto id = std::make_shared<std::string>();
  revoke->add_option("token,--token,--id", *id, "Id of the token")->required();
  on(revoke, context, [&context, id] { return revoke_token(context, *id); });
}

}  // namespace callqueue::cli

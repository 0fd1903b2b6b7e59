#include "cli/campaign_options.hpp"

#include <array>
#include <charconv>

namespace callqueue::cli {
namespace {

[[noreturn]] void misread(const std::string& text, const std::string& expected) {
  throw CLI::ValidationError(text + " is not " + expected);
}

std::vector<std::string> split(const std::string& text, char separator) {
  std::vector<std::string> parts;
  std::size_t begin = 0;
  for (;;) {
    const auto end = text.find(separator, begin);
    parts.push_back(text.substr(begin, end - begin));
    if (end == std::string::npos) return parts;
    begin = end + 1;
  }
}

std::size_t read_day(const std::string& text) {
  constexpr std::array<std::string_view, 7> days{"mon", "tue", "wed", "thu", "fri", "sat", "sun"};
  for (std::size_t day = 0; day < days.size(); ++day) {
    if (text == days[day]) return day;
  }
  misread(text, "a weekday (mon, tue, wed, thu, fri, sat, sun)");
}

CallOutcome read_outcome(const std::string& text) {
  const auto outcome = parse_call_outcome(text);
  if (!outcome) misread(text, "an outcome (busy, no_answer, failed, rejected, voicemail)");
  return *outcome;
}

/// `--option VALUE` read by `read`, which throws what the parser reports as a usage error.
template <class Read>
CLI::Option* add(CLI::App* command, const std::string& name, const std::string& help, Read read) {
  return command->add_option_function<std::string>(name, read, help);
}

void add_retry_options(CLI::App* command, RetryPolicy& retry) {
  auto* outcomes =
      add(command, "--retry-on", "Outcomes to try again, as busy,no_answer", [&](const auto& text) {
        for (const auto& one : split(text, ',')) retry.outcomes.push_back(read_outcome(one));
      })->type_name("LIST");
  auto* attempts = command->add_option("--max-attempts", retry.max_attempts,
                                       "Attempts per contact, all together");
  auto* delays = add(command, "--retry-after",
                     "Delay before each further attempt, as 15m,1h; the last repeats",
                     [&](const auto& text) {
                       for (const auto& delay : split(text, ','))
                         retry.delays.push_back(read_duration(delay));
                     })
                     ->type_name("LIST");
  // One without the others would retry nothing.
  outcomes->needs(attempts)->needs(delays);
  attempts->needs(outcomes);
  delays->needs(outcomes);
}

void add_rule_options(CLI::App* command, CampaignRules& rules) {
  command->add_option("--timezone", rules.timezone, "IANA name; none: the user's, else UTC");
  add(command, "--clock", "Whose clock decides: contact (default) or campaign",
      [&](const auto& text) {
        if (text != "contact" && text != "campaign") misread(text, "contact or campaign");
        rules.clock = text == "campaign" ? CallClock::campaign : CallClock::contact;
      })
      ->type_name("WHOSE");
  command
      ->add_option_function<std::vector<std::string>>(
          "--windows",
          [&](const std::vector<std::string>& lines) {
            rules.weekly_windows.emplace();
            for (const auto& line : lines) read_windows(line, *rules.weekly_windows);
          },
          "Weekly windows instead of the daily one, as 'mon-fri 09:00-12:00,13:00-18:00'; again "
          "for more")
      ->allow_extra_args(false)
      ->type_name("'DAYS TIMES'")
      ->excludes(command->get_option("--first-call"))
      ->excludes(command->get_option("--last-call"));
  command
      ->add_option_function<std::vector<std::string>>(
          "--exclude",
          [&](const std::vector<std::string>& dates) {
            for (const auto& date : dates) rules.excluded_dates.push_back(read_date(date));
          },
          "A date without calls; again for more")
      ->allow_extra_args(false)
      ->type_name("DATE");
  command->add_flag("--spread", rules.spread,
                    "Distribute an imported list over the window that is open, or opens next");
  add(command, "--call-deadline", "How long an accepted call may stay without news, as 60m",
      [&](const auto& text) { rules.call_deadline = read_duration(text); })
      ->type_name("TIME");
}

}  // namespace

std::chrono::seconds read_duration(const std::string& text) {
  long count = 0;
  const auto* end = text.data() + text.size();
  const auto [rest, error] = std::from_chars(text.data(), end, count);
  const std::string_view unit(rest, static_cast<std::size_t>(end - rest));
  const bool fits = error == std::errc{} && count >= 0 && count <= 366L * 86'400;
  if (fits && (unit.empty() || unit == "s")) return std::chrono::seconds(count);
  if (fits && unit == "m") return std::chrono::minutes(count);
  if (fits && unit == "h") return std::chrono::hours(count);
  if (fits && unit == "d") return std::chrono::days(count);
  misread(text, "a duration (90s, 15m, 2h, 30d)");
}

LocalDate read_date(const std::string& text) {
  const auto date = parse_local_date(text);
  if (!date) misread(text, "a date (YYYY-MM-DD)");
  return *date;
}

TimeOfDay read_time(const std::string& text) {
  const auto time = parse_time_of_day(text);
  if (!time) misread(text, "a time of day (HH:MM)");
  return *time;
}

void read_windows(const std::string& text, WeeklyWindows& windows) {
  const auto parts = split(text, ' ');
  if (parts.size() != 2) misread(text, "days and times, as 'mon-fri 09:00-12:00,13:00-18:00'");
  const auto days = split(parts[0], '-');
  const auto first = read_day(days.front());
  const auto last = read_day(days.back());
  if (days.size() > 2 || first > last) misread(parts[0], "a weekday or a range of weekdays");
  for (const auto& span : split(parts[1], ',')) {
    const auto ends = split(span, '-');
    if (ends.size() != 2) misread(span, "a window (09:00-18:00)");
    const CallingWindow window{.opens = read_time(ends[0]), .closes = read_time(ends[1])};
    for (auto day = first; day <= last; ++day) windows[day].push_back(window);
  }
}

std::shared_ptr<CampaignOptions> add_campaign_options(CLI::App* command) {
  auto options = std::make_shared<CampaignOptions>();
  auto& campaign = options->campaign;
  command->add_option("--user", options->user, "Id or e-mail address");
  command->add_option("--agent", options->agent, "Id, or name of one of the user's agents");
  command->add_option("--name", campaign.name, "Name of the campaign");
  command->add_option("--description", campaign.description, "Description");
  command->add_option("--next-action", campaign.next_action, "What the agent is to reach");
  add(command, "--first-call", "First call of a day, local time (default 09:00)",
      [&campaign](const auto& text) { campaign.first_call_time = read_time(text); })
      ->type_name("HH:MM");
  add(command, "--last-call", "Last call of a day, local time (default 18:00)",
      [&campaign](const auto& text) { campaign.last_call_time = read_time(text); })
      ->type_name("HH:MM");
  add(command, "--start-date", "First date with calls", [&campaign](const auto& text) {
    campaign.start_date = read_date(text);
  })->type_name("DATE");
  add(command, "--end-date", "Last date with calls", [&campaign](const auto& text) {
    campaign.end_date = read_date(text);
  })->type_name("DATE");
  add_rule_options(command, campaign.rules);
  add_retry_options(command, campaign.rules.retry);
  // The options' callbacks refer to it for as long as the command exists.
  command->parse_complete_callback([options] {});
  return options;
}

}  // namespace callqueue::cli

// What the server says and takes, by the names of openapi.yaml (a test compares the fields).

export type Id = string;
/** UTC, as 2026-03-29T08:00:00.000Z. */
export type Instant = string;
/** 2026-03-29, on some zone's calendar. */
export type LocalDate = string;
/** 09:00, or with seconds; 24:00 is the end of the day. */
export type TimeOfDay = string;

export interface PageOf<T> {
  items: T[];
  next_cursor: string | null;
}

export interface Problem {
  type: string;
  title: string;
  status: number;
  code: string;
  detail: string;
  field?: string;
}

export interface User {
  id: Id;
  name: string;
  email: string | null;
  timezone: string | null;
  concurrent_calls_limit: number;
  system_concurrent_calls_limit: number;
}

/** A user as an administrator sees it. */
export interface UserActivity extends User {
  active_calls: number;
  queued: number;
  ready: number;
  place: number | null;
}

export interface Agent {
  id: Id;
  user_id: Id;
  name: string;
}

export interface Contact {
  id: Id;
  user_id: Id;
  name: string | null;
  phone_number: string;
  email: string | null;
  company: string | null;
  notes: string | null;
  timezone: string | null;
}

export interface ContactFields {
  phone_number?: string;
  default_region?: string;
  name?: string | null;
  email?: string | null;
  company?: string | null;
  notes?: string | null;
  timezone?: string | null;
}

export type CampaignStatus = 'draft' | 'scheduled' | 'active' | 'paused' | 'completed' | 'cancelled';
export type RetryableOutcome = 'voicemail' | 'busy' | 'no_answer' | 'failed' | 'rejected';

export interface Window {
  opens: TimeOfDay;
  closes: TimeOfDay;
}

export interface Retry {
  outcomes?: RetryableOutcome[];
  max_attempts?: number;
  delays_seconds?: number[];
}

export interface Rules {
  timezone?: string | null;
  clock?: 'contact' | 'campaign';
  /** Seven lists, Monday first; null: first_call_time to last_call_time every day. */
  weekly_windows?: Window[][] | null;
  excluded_dates?: LocalDate[];
  retry?: Retry;
  spread?: boolean;
  call_deadline_seconds?: number;
}

export interface CampaignFields {
  name?: string;
  description?: string | null;
  agent_id?: Id;
  next_action?: string | null;
  first_call_time?: TimeOfDay;
  last_call_time?: TimeOfDay;
  start_date?: LocalDate;
  end_date?: LocalDate | null;
  rules?: Rules;
}

export type NewCampaign = CampaignFields & {name: string; agent_id: Id; start_date: LocalDate};
export type BulkCall = NewCampaign & {contact_ids: Id[]; start?: boolean};
export type UploadSettings = CampaignFields & {
  campaign_id?: Id;
  default_region?: string;
  atomic?: boolean;
  again?: boolean;
  start?: boolean;
};

export interface Campaign {
  id: Id;
  user_id: Id;
  name: string;
  description: string | null;
  agent_id: Id;
  next_action: string | null;
  first_call_time: TimeOfDay;
  last_call_time: TimeOfDay;
  status: CampaignStatus;
  total_contacts: number;
  completed_calls: number;
  successful_calls: number;
  failed_calls: number;
  start_date: LocalDate;
  end_date: LocalDate | null;
  created_at: Instant;
  updated_at: Instant;
  started_at: Instant | null;
  completed_at: Instant | null;
  /** There while it is being deleted. */
  deleting?: true;
  rules: Rules;
}

export interface CampaignStatistics {
  total_contacts: number;
  completed_calls: number;
  successful_calls: number;
  failed_calls: number;
  queued: number;
  processing: number;
  skipped: number;
  cancelled: number;
  attempts: number;
}

export interface SeriesPoint {
  /** A date, or a date and an hour (2026-03-29T14), in the campaign's zone. */
  at: string;
  attempts: number;
  answered: number;
  successful: number;
}

export interface CampaignAnalytics {
  statistics: CampaignStatistics;
  progress: number;
  connection_rate: number;
  success_rate: number;
  mean_duration_seconds: number | null;
  mean_slot_seconds: number | null;
  outcomes: Partial<Record<CallOutcome, number>>;
  daily: SeriesPoint[];
  hourly: SeriesPoint[];
  estimated_completion: Instant | null;
}

export interface Forecast {
  ends_at: Instant | null;
  starts_at: Instant | null;
  unreached_rows: number;
  /** Why there is no `ends_at`: as a reason's code. */
  reason: string | null;
}

export type Plan = CampaignFields & {
  start_date: LocalDate;
  contacts?: number;
  call_duration_seconds?: number;
  concurrent_calls_limit?: number;
};

export interface OpenInterval {
  opens_at: Instant;
  closes_at: Instant;
}

export interface Outlook extends Forecast {
  timezone: string;
  open_intervals: OpenInterval[];
}

export interface Reason {
  code: string;
  text: string;
  until: Instant | null;
  /** Counts once somebody has ended an earlier one: nothing starts at `until` before. */
  conditional: boolean;
  in_flight: number;
  active: number | null;
  limit: number | null;
}

export interface Explanation {
  reasons: Reason[];
}

export interface ImportError {
  line: number;
  field: string;
  value: string;
  reason: string;
}

export interface ImportReport {
  campaign_id: Id | null;
  total: number;
  imported: number;
  matched: number;
  skipped: number;
  failed: number;
  errors_total: number;
  errors: ImportError[];
}

export interface Imported {
  campaign: Campaign;
  report: ImportReport;
  not_started: {code: string; message: string; field: string} | null;
}

export interface PreviewRow {
  line: number;
  phone_number: string;
  name: string | null;
  email?: string | null;
  company?: string | null;
  notes?: string | null;
  timezone?: string | null;
  user_data?: Record<string, unknown> | string;
  /** By the rule: of the column of this name, and of whether there is a name. */
  priority: number;
}

export interface Preview {
  columns: string[];
  mapping: string[];
  rows: PreviewRow[];
  report: ImportReport;
}

export type QueuedCallStatus = 'queued' | 'processing' | 'completed' | 'failed' | 'cancelled' | 'skipped';

export interface QueuedCall {
  id: Id;
  user_id: Id;
  campaign_id: Id | null;
  agent_id: Id;
  contact_id: Id | null;
  phone_number: string;
  contact_name: string | null;
  user_data: Record<string, unknown> | string;
  status: QueuedCallStatus;
  priority: number;
  position: number;
  scheduled_for: Instant;
  started_at: Instant | null;
  completed_at: Instant | null;
  call_id: Id | null;
  failure_reason: string | null;
  last_system_allocation_at: Instant | null;
  created_at: Instant;
  updated_at: Instant;
  timezone: string | null;
  attempts: number;
  success: boolean | null;
  not_after: Instant | null;
}

export interface PlacedCall extends QueuedCall {
  queue_position: number | null;
  starts_at: Instant | null;
}

export interface UpcomingCall extends PlacedCall {
  /** Outside its hours, also if it is due. */
  closed: boolean;
  opens_at: Instant | null;
}

export interface NewDirectCall {
  contact_id: Id;
  agent_id: Id;
  contact_name?: string;
  user_data?: Record<string, unknown>;
  scheduled_for?: Instant;
  not_after?: Instant;
}

export interface Cancelled {
  cancelled: Id[];
  refused: {id: Id; code: string; detail: string}[];
}

export type CallStatus =
  | 'initiated' | 'ringing' | 'in_progress' | 'completed' | 'busy' | 'no_answer' | 'failed' | 'cancelled' | 'unknown';
export type CallOutcome =
  | 'answered' | 'voicemail' | 'busy' | 'no_answer' | 'failed' | 'rejected' | 'cancelled' | 'unknown';

/** How a call is ended by hand. */
export type CallEnd = Exclude<CallOutcome, 'answered'> | 'completed';

export interface Call {
  id: Id;
  user_id: Id;
  agent_id: Id | null;
  contact_id: Id | null;
  campaign_id: Id | null;
  queue_id: Id | null;
  phone_number: string;
  call_type: 'direct' | 'campaign';
  attempt: number;
  status: CallStatus;
  outcome: CallOutcome | null;
  success: boolean | null;
  provider_call_id: string | null;
  leased_by: string | null;
  lease_expires_at: Instant | null;
  submitted_at: Instant | null;
  created_at: Instant;
  started_at: Instant | null;
  answered_at: Instant | null;
  ended_at: Instant | null;
  duration_seconds: number | null;
  failure_reason: string | null;
}

export interface QueueStatistics {
  queued: number;
  ready: number;
  processing: number;
  completed: number;
  failed: number;
  cancelled: number;
  skipped: number;
}

export interface SlotUse {
  active: number;
  limit: number;
}

export interface Concurrency {
  user_id: Id;
  concurrent_calls_limit: number;
  system_concurrent_calls_limit: number;
  user: SlotUse;
  system: SlotUse;
}

export interface ConcurrencyLimits {
  user_id?: Id;
  concurrent_calls_limit?: number;
  system_concurrent_calls_limit?: number;
  system_limit?: number;
}

/** The calls that are on, and how many may be at a time. */
export interface ActiveCalls {
  initiated: number;
  ringing: number;
  in_progress: number;
  limit: number;
}

export type LivePlace =
  | {type: 'hello' | 'resync'; epoch: string; seq: number}
  | {type: 'problem'; problem: Problem};
export type LiveMessage =
  | LivePlace
  | {type: 'campaign'; seq: number; campaign: Campaign}
  | {type: 'campaign_deleted'; seq: number; campaign_id: Id}
  | {type: 'queue'; seq: number; queue: QueueStatistics}
  | {type: 'limits'; seq: number; limits: {concurrent_calls_limit: number; system_concurrent_calls_limit: number; system_limit: number}}
  | {type: 'calls'; seq: number; calls: ActiveCalls};
/** Of all users, to an administrator. */
export type LiveUsersMessage =
  | LivePlace
  | {type: 'users'; seq: number; users: UserActivity[]}
  | {type: 'system'; seq: number; system: SlotUse};

import type {Campaign} from '../api/types';
import {QueuedBadge} from '../components/status';
import {now} from '../store/now';
import {useSelected} from '../store/signal';
import type {Row} from './open_rows';
import {isOutsideHours} from './standing';

/** What becomes of a row, or what it waits for. */
export function RowBadge({row, campaign}: {row: Row; campaign: Campaign | undefined}) {
  const isOutside = useSelected(now, (at) => isOutsideHours(row, campaign, at));
  return <QueuedBadge status={row.status} isOutside={isOutside} />;
}

import type {ComponentType} from 'preact';
import type {IconName} from './components/icon';
import {CampaignsScreen} from './screens/campaigns/campaigns';
import {CampaignScreen} from './screens/campaign/campaign';
import {NewCampaignScreen} from './screens/new_campaign/new_campaign';
import {ContactsScreen} from './screens/contacts/contacts';
import {QueueScreen} from './screens/queue/queue';
import {SettingsScreen} from './screens/settings/settings';

export interface Route {
  /** `/campaigns/:id`; the screen gets each `:name` as a property. */
  pattern: string;
  screen: ComponentType<any>;
}

/** The first one that matches is shown. */
export const routes: readonly Route[] = [
  {pattern: '/campaigns', screen: CampaignsScreen},
  {pattern: '/campaigns/new', screen: NewCampaignScreen},
  {pattern: '/campaigns/:id', screen: CampaignScreen},
  {pattern: '/campaigns/:id/:tab', screen: CampaignScreen},
  {pattern: '/contacts', screen: ContactsScreen},
  {pattern: '/queue', screen: QueueScreen},
  {pattern: '/settings', screen: SettingsScreen},
];

export interface NavigationEntry {
  path: string;
  label: string;
  icon: IconName;
}

export const navigation: readonly NavigationEntry[] = [
  {path: '/campaigns', label: 'Campaigns', icon: 'campaigns'},
  {path: '/contacts', label: 'Contacts', icon: 'contacts'},
  {path: '/queue', label: 'Queue', icon: 'queue'},
  {path: '/settings', label: 'Settings', icon: 'settings'},
];

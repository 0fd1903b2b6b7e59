import 'uplot/dist/uPlot.min.css';
import './styles/tokens.css';
import './styles/base.css';
import './styles/layout.css';
import './styles/components.css';
import './styles/table.css';
import './styles/screens.css';
import './styles/people_and_queue.css';
import './styles/low.css';
import {render} from 'preact';
import {App} from './app';
import {restoreTheme} from './theme';

restoreTheme();
const root = document.getElementById('app');
if (root) render(<App />, root);

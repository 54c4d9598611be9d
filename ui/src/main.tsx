import { render } from 'preact';
import { App } from './app.js';
import './styles/base.css';
import './styles/parts.css';
import './styles/live.css';
import './styles/playground.css';
import './styles/tables.css';

const root = document.getElementById('app');
if (root !== null) render(<App />, root);

import './base.css';
import './common.css';
import './panel.css';
import './tasks.css';
import './s3.css';
import './estimators.css';
import './jobs.css';
import './endpoints.css';

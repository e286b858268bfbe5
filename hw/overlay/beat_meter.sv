// SPDX-License-Identifier: BSD-3-Clause
// Stands on both sides of the network: marks beats on the way in, measures cycles on the way out.
//
// Latency counts the cycles from the transfer of a beat's first sample to the transfer of its
// result, interval those between two results (0 for the first one after a reset). A beat waits
// while IN_FLIGHT others are inside the network. A result is taken when the one before has left, so
// that results are at least two cycles apart and readiness does not pass through.

module beat_meter #(
  // Samples of a beat
  parameter int unsigned BEAT_SAMPLES = 360,
  // Classes of the network
  parameter int unsigned CLASSES = 5,
  // Beats that may be inside the network at once
  parameter int unsigned IN_FLIGHT = 16
) (
  input  logic                      ap_clk,
  input  logic                      ap_rst_n,
  output logic                      progress,

  // Samples from memory (sink)
  input  logic [7:0]                s_samples_tdata,
  input  logic                      s_samples_tvalid,
  output logic                      s_samples_tready,

  // Samples to the network (source)
  output logic [7:0]                m_samples_tdata,
  output logic                      m_samples_tvalid,
  input  logic                      m_samples_tready,
  output logic                      m_samples_tlast,

  // Label and logits from the network (sink)
  input  logic [32*(CLASSES+1)-1:0] s_results_tdata,
  input  logic                      s_results_tvalid,
  output logic                      s_results_tready,

  // {interval, latency, logits, label} to memory (source)
  output logic [32*(CLASSES+3)-1:0] m_results_tdata,
  output logic                      m_results_tvalid,
  input  logic                      m_results_tready,

  // One pulse per result, with its figures
  output logic                      measured,
  output logic [31:0]               latency,
  output logic [31:0]               interval
);

  localparam int unsigned INDEX_WIDTH = $clog2(BEAT_SAMPLES);

  logic [31:0] now_q, entered, previous_q;
  logic [INDEX_WIDTH-1:0] index_q;
  logic first_q, last_q, sample_taken, result_taken, some_q;
  logic entry_tready, entered_tvalid, unused_tlast;
  logic [32*(CLASSES+1)-1:0] result_q;

  assign m_samples_tdata = s_samples_tdata;
  assign m_samples_tlast = last_q;
  assign m_samples_tvalid = s_samples_tvalid && (entry_tready || !first_q);
  assign s_samples_tready = m_samples_tready && (entry_tready || !first_q);
  assign sample_taken = m_samples_tvalid && m_samples_tready;

  assign s_results_tready = entered_tvalid && !m_results_tvalid;
  assign result_taken = s_results_tvalid && s_results_tready;
  assign m_results_tdata = {interval, latency, result_q};
  assign progress = sample_taken || result_taken;

  fifo #(
    .DATA_WIDTH(32),
    .DEPTH(IN_FLIGHT)
  ) entries (
    .ap_clk,
    .ap_rst_n,
    .s_axis_tdata(now_q),
    .s_axis_tvalid(sample_taken && first_q),
    .s_axis_tready(entry_tready),
    .s_axis_tlast(1'b0),
    .m_axis_tdata(entered),
    .m_axis_tvalid(entered_tvalid),
    .m_axis_tready(result_taken),
    .m_axis_tlast(unused_tlast)
  );

  always_ff @(posedge ap_clk) begin
    now_q <= now_q + 1'b1;
    measured <= result_taken;
    if (sample_taken) begin
      index_q <= last_q ? '0 : index_q + 1'b1;
      first_q <= last_q;
      last_q <= index_q == INDEX_WIDTH'(BEAT_SAMPLES - 2);
    end
    if (m_results_tready) m_results_tvalid <= 1'b0;
    if (result_taken) begin
      result_q <= s_results_tdata;
      latency <= now_q - entered;
      interval <= some_q ? now_q - previous_q : '0;
      previous_q <= now_q;
      some_q <= 1'b1;
      m_results_tvalid <= 1'b1;
    end
    if (!ap_rst_n) begin
      now_q <= '0;
      index_q <= '0;
      first_q <= 1'b1;
      last_q <= 1'b0;
      some_q <= 1'b0;
      measured <= 1'b0;
      m_results_tvalid <= 1'b0;
    end
  end

endmodule

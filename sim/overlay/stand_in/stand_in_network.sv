// SPDX-License-Identifier: BSD-3-Clause
// Stands in for a network in fast overlay benches. Model: sim/overlay/stand_in.py.
//
// Logit k is the sum over the samples of sample * ((index * (2k + 3) + k) % 16 - 8): any lost,
// doubled or misplaced sample shows. A result comes LATENCY cycles after its beat's last sample,
// up to 4 beats inside. A beat that starts with -128, -128 never ends: the network hangs.

module stand_in_network #(
  parameter int unsigned BEAT_SAMPLES = 360,
  parameter int unsigned LATENCY = 40,
  // Cycles between two accepted samples, less one
  parameter int unsigned PAUSE = 0
) (
  input  logic              ap_clk,
  input  logic              ap_rst_n,
  input  logic signed [7:0] s_axis_tdata,
  input  logic              s_axis_tvalid,
  output logic              s_axis_tready,
  input  logic              s_axis_tlast,
  output logic [191:0]      m_axis_tdata,
  output logic              m_axis_tvalid,
  input  logic              m_axis_tready
);

  localparam int unsigned PLACES = 4;

  logic signed [31:0] sum_q [5];
  logic signed [31:0] sum_next [5];
  logic [31:0] index_q, now_q, pause_q;
  logic hang_q, low_q, taken, given;
  logic [159:0] result_q [PLACES];
  logic [31:0] due_q [PLACES];
  logic [1:0] write_q, read_q;
  logic [2:0] count_q;
  logic [159:0] head;
  logic [31:0] label_index;

  assign s_axis_tready = count_q < 3'(PLACES) && !hang_q && pause_q == '0;
  assign taken = s_axis_tvalid && s_axis_tready;
  assign given = m_axis_tvalid && m_axis_tready;
  assign m_axis_tvalid = count_q != '0 && now_q - due_q[read_q] < 32'h8000_0000;
  assign head = result_q[read_q];
  assign m_axis_tdata = {head, label_index};

  always_comb begin
    for (int unsigned k = 0; k < 5; k++) begin
      sum_next[k] = sum_q[k] +
        32'(s_axis_tdata) * ($signed((index_q * (2 * k + 3) + k) % 16) - 32'sd8);
    end
    label_index = '0;
    for (int unsigned k = 1; k < 5; k++) begin
      if ($signed(head[k*32 +: 32]) > $signed(head[label_index*32 +: 32])) label_index = k;
    end
  end

  always_ff @(posedge ap_clk) begin
    now_q <= now_q + 1'b1;
    if (pause_q != '0) pause_q <= pause_q - 1'b1;
    if (taken) begin
      index_q <= s_axis_tlast ? '0 : index_q + 1'b1;
      pause_q <= 32'(PAUSE);
      low_q <= index_q == '0 && s_axis_tdata == -8'sd128;
      if (low_q && index_q == 32'd1 && s_axis_tdata == -8'sd128) hang_q <= 1'b1;
      for (int unsigned k = 0; k < 5; k++) sum_q[k] <= s_axis_tlast ? '0 : sum_next[k];
      if (s_axis_tlast) begin
        result_q[write_q] <= {sum_next[4], sum_next[3], sum_next[2], sum_next[1], sum_next[0]};
        due_q[write_q] <= now_q + LATENCY;
        write_q <= write_q + 1'b1;
`ifndef SYNTHESIS
        if (index_q != BEAT_SAMPLES - 1) $error("stand_in_network: tlast on sample %0d", index_q);
`endif
      end
    end
    count_q <= count_q + 3'(taken && s_axis_tlast) - 3'(given);
    if (given) read_q <= read_q + 1'b1;
    if (!ap_rst_n) begin
      now_q <= '0;
      index_q <= '0;
      pause_q <= '0;
      hang_q <= 1'b0;
      low_q <= 1'b0;
      write_q <= '0;
      read_q <= '0;
      count_q <= '0;
      for (int unsigned k = 0; k < 5; k++) sum_q[k] <= '0;
    end
  end

endmodule
